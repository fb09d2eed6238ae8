"""SECOND_FACTORS: what a person may answer the second step with, one row each, strongest first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.accounts.models import User
from idp.authn import recovery_codes, totp
from idp.authn.passkeys import second as passkey


def _nothing(_user: User) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class SecondFactor:
    """One way to take the second step."""

    name: str
    """As forms and addresses write it."""
    label: Any
    """What the button says that leads to it."""
    template: str
    is_enrolled: Callable[[str], bool]
    verify: Callable[[User, Mapping[str, str]], tuple[str, ...]]
    """Take a person's answer and return the methods it proves; raise WrongCode."""
    is_guessable: bool = True
    """Whether tries are counted, because the answer is short."""
    stands_alone: bool = True
    """Whether it is a second step by itself, or only stands in for another one."""
    offer: Callable[[User], dict[str, Any]] = _nothing
    """What its page needs besides what all of them need."""


PASSKEY = SecondFactor(
    "passkey", _l("Use a passkey"), "auth/verify_passkey.html", passkey.is_enrolled, passkey.verify,
    is_guessable=False, offer=passkey.offer,
)  # fmt: skip
TOTP = SecondFactor("totp", _l("Use your authenticator app"), "auth/verify_totp.html", totp.is_enrolled, totp.verify)
RECOVERY = SecondFactor(
    "recovery", _l("Use a recovery code"), "auth/verify_recovery.html",
    recovery_codes.is_enrolled, recovery_codes.verify, stands_alone=False,
)  # fmt: skip
SECOND_FACTORS = (PASSKEY, TOTP, RECOVERY)


def list_ways(user_id: str) -> list[SecondFactor]:
    """List the ways in which a person can take the second step; none when they have only what stands in."""
    ways = [factor for factor in SECOND_FACTORS if factor.is_enrolled(user_id)]
    return ways if any(factor.stands_alone for factor in ways) else []
