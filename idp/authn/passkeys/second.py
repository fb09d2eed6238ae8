"""A passkey as the second step: any of the person's own will do."""

from collections.abc import Mapping
from typing import Any

from idp.accounts.models import User
from idp.authn.errors import UnfitPasskey
from idp.authn.passkeys import ceremony, challenges
from idp.authn.passkeys.stored import list_passkeys
from idp.sessions.browsers import browser_digest


def is_enrolled(user_id: str) -> bool:
    """Tell whether a person has a passkey."""
    return bool(list_passkeys(user_id))


def offer(user: User) -> dict[str, Any]:
    """Return what the page asks the browser."""
    return {
        "passkey_options": ceremony.ask_to_sign_in(
            _holder(user), purpose=challenges.SECOND, among=list_passkeys(user.id)
        )
    }


def verify(user: User, answer: Mapping[str, str]) -> tuple[str, ...]:
    """Take the answer of one of the person's passkeys (`code`); raise UnfitPasskey, UnknownPasskey."""
    passkey, methods = ceremony.verify_sign_in(answer.get("code", ""), _holder(user), purpose=challenges.SECOND)
    if passkey.user_id != user.id:
        raise UnfitPasskey
    return methods


def _holder(user: User) -> str:
    return f"{browser_digest()}:{user.id}"
