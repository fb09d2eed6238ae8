"""CHECKS: what a person can do for the safety of their account; each is done, or is one step away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from idp.accounts.models import User
from idp.authn import recovery_codes
from idp.authn.passkeys.stored import list_passkeys
from idp.core.clock import now
from idp.sessions import service as sessions

_OLD = timedelta(days=365)
_AWAY = timedelta(days=14)


@dataclass(frozen=True)
class Check:
    """One line of the security check."""

    is_done: bool
    says: Any
    action: str = ""
    """The page that helps, by its URL name."""
    label: Any = ""


def security_check(user: User) -> list[Check]:
    """List what is done and what is not, at most five lines."""
    found = (check(user) for check in CHECKS)
    return [line for line in found if line is not None]


def _second_step(user: User) -> Check:
    if user.has_second_step:
        return Check(is_done=True, says=_l("Signing in takes a second step."))
    return Check(False, _l("A password alone opens your account."), "enrol.security", _l("Add a second step"))


def _recovery_codes(user: User) -> Check | None:
    if not user.has_second_step:
        return None
    left = recovery_codes.count_left(user.id)
    says = ngettext("You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", left)
    return Check(left > recovery_codes.FEW, says, "enrol.security", _l("Make new codes"))


def _passkeys(user: User) -> Check | None:
    passkeys = list_passkeys(user.id)
    old = [each for each in passkeys if (each.last_used_at or each.created_at) < now() - _OLD]
    if old:
        words = ngettext("%(num)s passkey was not used for a year.", "%(num)s passkeys were not used for a year.",
                         len(old))  # fmt: skip
        return Check(False, words, "passkeys.index", _l("Look at them"))
    if len(passkeys) == 1 and not user.has_password:
        return Check(False, _l("One passkey is your only way in."), "passkeys.index", _l("Add another"))
    return Check(is_done=True, says=_l("Your passkeys are in use.")) if passkeys else None


def _sessions(user: User) -> Check:
    away = [each for each in sessions.live_sessions(user.id) if each.last_seen_at < now() - _AWAY]
    if not away:
        return Check(is_done=True, says=_l("You are signed in only where you have been lately."))
    words = ngettext(
        "%(num)s device has not been seen for two weeks.",
        "%(num)s devices have not been seen for two weeks.",
        len(away),
    )
    return Check(False, words, "portal.sessions", _l("Look at them"))


def _address(user: User) -> Check:
    if user.email_verified:
        return Check(is_done=True, says=_l("Your e-mail address is confirmed."))
    return Check(False, _l("Your e-mail address is not confirmed."), "portal.email", _l("Look at it"))


CHECKS: tuple[Callable[[User], Check | None], ...] = (_second_step, _recovery_codes, _passkeys, _sessions, _address)
