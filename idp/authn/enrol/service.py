"""Turning the second step on and off: what changes, who is told, and which sessions end.

Every change of a factor ends the other sessions of the account (ASVS 7.4.3) and is mailed to its owner.
"""

from sqlalchemy import delete, insert

from idp.access.names import clean_text
from idp.accounts import signals
from idp.accounts.models import User
from idp.accounts.service import get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails, policy, recovery_codes, totp, trusted
from idp.authn.enrol.pending import Enrolment
from idp.authn.errors import NoReason, NotEnrolled, StepIsRequired
from idp.authn.factors import list_ways
from idp.authn.models import Passkey, RecoveryCode, TotpAuthenticator
from idp.core.clock import now
from idp.core.db import transaction
from idp.core.secrets import new_id
from idp.sessions import service as sessions
from idp.sessions.errors import InteractionExpired

LONGEST_REASON = 200


def turn_on(user_id: str, waiting: Enrolment, *, keep_session_id: str | None = None) -> None:
    """Take what was enrolled into use; an app counts only with a code of it, codes only beside a way they stand in for.

    `keep_session_id` is the session it happens in; when an app is new, all others end. Raises InteractionExpired when
    there is nothing to take.
    """
    with transaction():
        user = get_user_for_change(user_id)
        if not waiting.is_proved and not (waiting.codes and may_have_codes(user)):
            raise InteractionExpired
        if waiting.seed and waiting.is_proved:
            _replace_app(user, waiting)
        if waiting.codes:
            _replace_codes(user, waiting.codes)
        if waiting.is_proved or not user.has_second_step:
            user.second_step_since = user.second_step_since or now()
            user.version += 1
            trusted.revoke_all(user.id)
            sessions.end_all(user.id, "factors_changed", keep=keep_session_id)


def may_have_codes(user: User) -> bool:
    """Tell whether there is a second step, on or about to be, that recovery codes can stand in for."""
    return user.has_second_step or any(factor.stands_alone for factor in list_ways(user.id))


def give_app(user_id: str, seed: str, *, name: str, actor: str | None = None) -> None:
    """Give a person an authenticator app whose key somebody else knows: for demonstrations and tests."""
    with transaction():
        user = get_user_for_change(user_id)
        _put_app(user, seed, name=name, step=0)
        user.second_step_since = user.second_step_since or now()
        record(Tag.SECOND_STEP_ADDED, actor=actor, subject=f"user:{user.id}", way="totp")


def remove_app(user_id: str, *, keep_session_id: str | None = None, actor: str | None = None) -> None:
    """Take the authenticator app away; with the last way of it the second step is off.

    Raises NotEnrolled, StepIsRequired when the house asks this person for a second step.
    """
    with transaction() as session:
        user = get_user_for_change(user_id)
        if not totp.is_enrolled(user_id):
            raise NotEnrolled
        _check_may_remove(user, "totp", actor=actor)
        session.execute(delete(TotpAuthenticator).where(TotpAuthenticator.user_id == user_id))
        session.flush()
        record(Tag.SECOND_STEP_REMOVED, actor=actor, subject=f"user:{user_id}", way="totp")
        mails.second_step_removed(user)
        note_factors_changed(user, keep_session_id=keep_session_id)


def reset(user_id: str, *, reason: str, actor: str | None = None) -> None:
    """Take every factor but the password away, for somebody who has lost them all; their sessions end.

    `reason` is kept in the trail and mailed to the person. Raises NoReason where it says nothing.
    """
    why = clean_text(reason, LONGEST_REASON)
    if not why:
        raise NoReason
    with transaction() as session:
        user = get_user_for_change(user_id)
        for table in (TotpAuthenticator, RecoveryCode, Passkey):
            session.execute(delete(table).where(table.user_id == user_id))
        user.second_step_since = None
        user.version += 1
        record(Tag.SECOND_STEP_REMOVED, actor=actor, subject=f"user:{user_id}", way="all", reason=why)
        mails.second_step_removed(user, why)
        trusted.revoke_all(user_id)
        signals.credentials_changed.send(user, user_id=user_id, keep_session_id=None)


def note_factors_changed(user: User, *, keep_session_id: str | None) -> None:
    """Draw the conclusions when a way of the second step has gone: off when none is left, other sessions end."""
    with transaction() as session:
        if not list_ways(user.id):
            user.second_step_since = None
            session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        user.version += 1
        trusted.revoke_all(user.id)
        sessions.end_all(user.id, "factors_changed", keep=keep_session_id)


def _check_may_remove(user: User, way: str, *, actor: str | None) -> None:
    others = [factor for factor in list_ways(user.id) if factor.stands_alone and factor.name != way]
    by_owner = actor is None or actor == f"user:{user.id}"
    if by_owner and not others and policy.requires_second_step(user):
        raise StepIsRequired


def _replace_app(user: User, waiting: Enrolment) -> None:
    with transaction():
        _put_app(user, str(waiting.seed), name=waiting.name, step=int(waiting.step or 0))
        record(Tag.SECOND_STEP_ADDED, subject=f"user:{user.id}", way="totp")
        mails.second_step_added(user)


def _put_app(user: User, seed: str, *, name: str, step: int) -> None:
    """Write the row; `step` is that of a code which is used up already."""
    with transaction() as session:
        session.execute(delete(TotpAuthenticator).where(TotpAuthenticator.user_id == user.id))
        session.execute(
            insert(TotpAuthenticator).values(
                user_id=user.id, name=name, seed=totp.seal(user.id, seed), last_step=step, created_at=now(),
                last_used_at=now() if step else None,
            )
        )  # fmt: skip


def _replace_codes(user: User, codes: tuple[str, ...]) -> None:
    rows = [
        {"id": new_id(), "user_id": user.id, "digest": recovery_codes.digest_of(user.id, code), "created_at": now()}
        for code in codes
    ]
    with transaction() as session:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        session.execute(insert(RecoveryCode), rows)
        record(Tag.RECOVERY_CODES_MADE, subject=f"user:{user.id}", count=len(codes))
        mails.recovery_codes_made(user)
