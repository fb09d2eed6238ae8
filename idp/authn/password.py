"""The factor that everybody knows: a password, counted before it is looked at."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from idp.accounts.credentials.passwords import check_password
from idp.accounts.credentials.recovery import require_new_password
from idp.accounts.credentials.strength import is_too_short
from idp.accounts.email.links import credential_of
from idp.accounts.lifecycle import pauses
from idp.accounts.lifecycle.states import BY_OWNER
from idp.accounts.models import User
from idp.accounts.service import find_by_identifier, is_usable
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import blocked
from idp.authn.errors import Reported, TooManyTries, TurnedOff, WrongCredentials, WrongPassword
from idp.authn.proof import Proof
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import transaction
from idp.core.errors import TooMany
from idp.limits.policy import (
    REAUTHENTICATE,
    SIGN_IN,
    SIGN_IN_ADDRESS,
    SIGN_IN_ADDRESS_UNDER_ATTACK,
    SIGN_IN_KNOWN_BROWSER,
    SIGN_IN_TOTAL,
    Limit,
)
from idp.limits.service import check, clear, take
from idp.sessions import browsers

AMR = "pwd"
_LONGEST_IDENTIFIER = 254
_log = logging.getLogger("idp.authn")


@dataclass(frozen=True)
class _Counter:
    """Where the tries of a sign-in are counted.

    A browser in which the owner has signed in before has a counter of its own: whoever uses up the tries of strangers
    does not lock the owner out (ASVS 6.1.1).
    """

    limit: Limit
    key: str

    @property
    def is_of_stranger(self) -> bool:
        return self.limit is SIGN_IN


def verify(identifier: str, password: str) -> Proof:
    """Return the proof of the person whose name and password these are.

    Raises TooManyTries, WrongCredentials, TooBusy; and only when the password is right, TurnedOff and Reported.
    """
    identifier = identifier.strip()[: _LONGEST_IDENTIFIER + 1]
    user = find_by_identifier(identifier) if len(identifier) <= _LONGEST_IDENTIFIER else None
    counter = _counter_of(user, identifier)
    _count(counter, user, identifier)
    credential = _match(user, password)
    if user is None or credential is None:
        _record_failure(counter, user)
        raise WrongCredentials
    clear(counter.limit, counter.key)
    _check_usable(user)
    if not user.must_change_password and is_too_short(password, user):
        # It was long enough beside a second step that is gone (SP 800-63B-4 §3.1.1.2).
        require_new_password(user.id)
    return Proof(user, (AMR,), now(), credential)


def verify_again(user: User, password: str) -> Proof:
    """Return a new proof of somebody who is signed in; raise TooManyTries, WrongPassword, TooBusy."""
    try:
        take(REAUTHENTICATE, user.id)
    except TooMany as error:
        record(Tag.LOGIN_FAILED, subject=f"user:{user.id}", reason="limited", again=True)
        raise TooManyTries(error.retry_after, may_reset=False) from error
    credential = _match(user, password)
    if credential is None:
        record(Tag.LOGIN_FAILED, subject=f"user:{user.id}", reason="credentials", again=True)
        raise WrongPassword
    clear(REAUTHENTICATE, user.id)
    return Proof(user, (AMR,), now(), credential)


def _match(user: User | None, password: str) -> str | None:
    """Return what names the password that stands, when it is this one; it takes as long for nobody."""
    for _round in range(2):
        checked = credential_of(user) if user else None
        if not check_password(user, password) or user is None:
            return None
        if credential_of(user) == checked:
            return checked
        # The hash was renewed on the way, or the password was changed this very moment: look which.
    return None


def forgive(user_id: str) -> None:
    """Forget the failed tries of strangers at one account."""
    clear(SIGN_IN, pauses.key_of(user_id))


def _counter_of(user: User | None, identifier: str) -> _Counter:
    # Asked for nobody too, so that an unknown name costs the same.
    if browsers.is_known(user.id if user else "") and user is not None:
        return _Counter(SIGN_IN_KNOWN_BROWSER, f"{user.id}:{browsers.browser_digest()}")
    return _Counter(SIGN_IN, pauses.key_of(user.id) if user else f"name:{identifier.casefold()}")


def _count(counter: _Counter, user: User | None, identifier: str) -> None:
    try:
        if counter.is_of_stranger:
            _check_address()
        take(counter.limit, counter.key)
    except TooMany as error:
        subject = f"user:{user.id}" if user else None
        with transaction():
            record(Tag.LOGIN_FAILED, subject=subject, reason="limited")
            if error.begins:
                record(Tag.LOGIN_LOCKED, subject=subject, seconds=error.retry_after)
                blocked.tell_owner_later(identifier)
        raise TooManyTries(error.retry_after) from error


def _check_address() -> None:
    """Refuse a network address with too many failures; sooner while many accounts are being tried."""
    check(SIGN_IN_ADDRESS, context().network)
    try:
        check(SIGN_IN_TOTAL, "all")
    except TooMany:
        check(SIGN_IN_ADDRESS_UNDER_ATTACK, context().network)


def _record_failure(counter: _Counter, user: User | None) -> None:
    with transaction():
        record(Tag.LOGIN_FAILED, subject=f"user:{user.id}" if user else None, reason="credentials")
        if not counter.is_of_stranger:
            return
        for limit in (SIGN_IN_ADDRESS, SIGN_IN_ADDRESS_UNDER_ATTACK):
            with suppress(TooMany):
                take(limit, context().network)
        try:
            take(SIGN_IN_TOTAL, "all")
        except TooMany as error:
            if error.begins:
                _log.warning("more than %d failed sign-ins within %s", SIGN_IN_TOTAL.tries, SIGN_IN_TOTAL.window)
                record(Tag.LOGIN_ATTACKED, actor="system", tries=SIGN_IN_TOTAL.tries)


def _check_usable(user: User) -> None:
    if is_usable(user):
        return
    record(Tag.LOGIN_FAILED, subject=f"user:{user.id}", reason=user.state if user.state != "active" else "locked")
    if user.state == "active" and user.lock_reason == BY_OWNER:
        raise Reported
    raise TurnedOff
