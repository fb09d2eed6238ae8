"""The mails of signing in, and of what it takes."""

from datetime import timedelta
from typing import Any

from flask_babel import LazyString

from idp.accounts.email.links import IssuedLink
from idp.accounts.email.mails import not_me_link, send
from idp.accounts.models import User
from idp.core.clock import now
from idp.core.context import context
from idp.core.devices import describe_browser
from idp.core.links import absolute_url


def new_sign_in(user: User) -> None:
    """Tell the owner of a sign-in in a browser that was not used before."""
    _send("new_sign_in", user)


def sign_in(user: User, issued: IssuedLink, lifetime: timedelta) -> None:
    """Send a link and six digits that sign their reader in."""
    link = absolute_url("email.link", token=issued.token)
    _send("sign_in", user, lifetime=lifetime, link=link, code=issued.code, expires_at=issued.expires_at)


def second_step_failed(user: User) -> None:
    """Tell the owner that somebody knew the password and not the code."""
    _send("second_step_failed", user)


def second_step_added(user: User) -> None:
    """Tell the owner that sign-in takes a second step now, with a new authenticator app."""
    _send("second_step_added", user)


def second_step_removed(user: User, reason: str = "") -> None:
    """Tell the owner that a way of the second step is gone, and why an administrator took it away."""
    _send("second_step_removed", user, reason=reason)


def recovery_codes_made(user: User) -> None:
    """Tell the owner that there are new recovery codes, and that the old ones are void."""
    _send("recovery_codes_made", user)


def recovery_code_used(user: User, left: int) -> None:
    """Tell the owner that one recovery code has opened their account, and how many are left."""
    _send("recovery_code_used", user, left=left)


def passkey_added(user: User, name: str) -> None:
    """Tell the owner that a new passkey opens the account; `name` is one of ours, or of its browser."""
    _send("passkey_added", user, passkey=name)


def passkey_removed(user: User, name: str) -> None:
    """Tell the owner that a passkey does not open the account any more."""
    _send("passkey_removed", user, passkey=name)


def _send(template: str, user: User, **values: Any) -> None:
    edge = context()
    send(
        template, user, when=now(), network=edge.ip, browser=LazyString(describe_browser, edge.user_agent),
        not_me_link=not_me_link(user), **values,
    )  # fmt: skip
