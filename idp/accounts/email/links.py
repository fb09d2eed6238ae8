"""Links that are mailed: issued, looked at, and taken once.

A link is good for one purpose, one person, the address it went to and, where it says so, the password of that moment.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, insert, select, update

from idp.accounts.errors import DeadLink, WrongCode
from idp.accounts.models import EmailToken, User
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.retention import kept
from idp.core.secrets import digest, equal, keyed_digest, new_id, random_digits, random_token

VERIFY, RESET, NOT_ME, UNLOCK, INVITE, SIGN_IN = "verify", "reset", "not_me", "unlock", "invite", "sign_in"
NEW_EMAIL, UNDO_EMAIL, UNDELETE = "new_email", "undo_email", "undelete"
SHOWN = "shown"
"""A link to a new password that was shown to an administrator: who has it need not read mail at the address."""
ALL_BUT_NOT_ME = (VERIFY, RESET, UNLOCK, INVITE, SIGN_IN, NEW_EMAIL, UNDELETE)
_OF_THEN = frozenset({NOT_ME, UNDO_EMAIL})
"""Their reader had the account at that moment, whatever a thief has changed since."""
_ELSEWHERE = frozenset({NEW_EMAIL, UNDO_EMAIL})
"""They go to another address than the account's."""
_GOES_WITH = {RESET: SHOWN}
"""What stops working with a link of a purpose: it does the same."""
_CODE_DIGITS = 6
_MOST_CODE_TRIES = 5
_TOMBSTONES_KEPT = kept(_l("Links and codes of mails that have expired"), timedelta(days=7))


@dataclass(frozen=True)
class IssuedLink:
    """The secret parts of a link, known to the mail only."""

    token: str
    code: str
    expires_at: datetime


def credential_of(user: User) -> str:
    """Return what names the present password without telling it."""
    return digest(user.password_hash or "")


def issue_link(
    user: User, purpose: str, lifetime: timedelta, *, browser: str | None = None, email: str | None = None
) -> IssuedLink:
    """Make a link in the present transaction; older ones of its purpose stop working, but those that look back.

    `email` is the normalised address it goes to, when it is not the account's.

    `browser` is a secret kept by the browser that asked: there, the six digits of the same mail work too.
    """
    token, token_id, code = random_token(), new_id(), random_digits(_CODE_DIGITS)
    expires_at = now() + lifetime
    with transaction() as session:
        if purpose not in _OF_THEN:
            void_links(user.id, purpose)
        session.execute(
            insert(EmailToken).values(
                id=token_id,
                user_id=user.id,
                purpose=purpose,
                digest=digest(token),
                email=email or user.email_normalised,
                credential=credential_of(user),
                code_digest=_code_digest(token_id, code) if browser else None,
                browser_digest=digest(browser) if browser else None,
                attempts=0,
                expires_at=expires_at,
                created_at=now(),
            )
        )
    return IssuedLink(token, code, expires_at)


def pretend_to_issue(purpose: str) -> None:
    """Do the work of `issue_link` for nobody, so that the time it takes tells nothing."""
    random_token()
    void_links("", purpose)
    void_links("", purpose)


def void_links(user_id: str, *purposes: str) -> None:
    """Let a person's unused links of some purposes expire now."""
    meant = {*purposes, *(_GOES_WITH[purpose] for purpose in purposes if purpose in _GOES_WITH)}
    with transaction() as session:
        session.execute(
            update(EmailToken)
            .where(EmailToken.user_id == user_id, EmailToken.purpose.in_(sorted(meant)), EmailToken.used_at.is_(None))
            .values(expires_at=now())
        )


def has_link(user_id: str, purpose: str) -> bool:
    """Tell whether a person has a link of a purpose that works."""
    alive = select(EmailToken.id).where(
        EmailToken.user_id == user_id, EmailToken.purpose == purpose, EmailToken.used_at.is_(None),
        EmailToken.expires_at > now(),
    )  # fmt: skip
    return db.session.execute(alive.limit(1)).first() is not None


def find_link(token: str, *purposes: str) -> tuple[EmailToken, User]:
    """Look at a link without taking it; raise DeadLink."""
    row = db.session.execute(
        select(EmailToken, User)
        .join(User, User.id == EmailToken.user_id)
        .where(EmailToken.digest == digest(token), EmailToken.purpose.in_(purposes))
    ).first()
    if row is None:
        raise DeadLink
    link, user = row
    if link.used_at is not None:
        raise DeadLink(used=True)
    if link.expires_at <= now() or not _still_fits(link, user):
        raise DeadLink
    return link, user


def consume_link(token: str, purpose: str) -> User:
    """Take a link, once, in the present transaction; raise DeadLink."""
    return _consume(EmailToken.digest == digest(token), purpose)


def consume_link_by_id(link_id: str, purpose: str) -> User:
    """Take a link that was found by its code, once, in the present transaction; raise DeadLink."""
    return _consume(EmailToken.id == link_id, purpose)


def find_by_code(browser: str, code: str) -> str:
    """Return the id of the link whose mail held these six digits, in the browser that asked; raise WrongCode.

    The try is counted and committed before the digits are looked at, so call it outside a transaction.
    """
    with transaction() as session:
        row = session.execute(
            update(EmailToken)
            .where(
                EmailToken.browser_digest == digest(browser),
                EmailToken.used_at.is_(None),
                EmailToken.expires_at > now(),
                EmailToken.attempts < _MOST_CODE_TRIES,
            )
            .values(attempts=EmailToken.attempts + 1)
            .returning(EmailToken.id, EmailToken.code_digest)
            .execution_options(synchronize_session=False)
        ).first()
    # Digested in any case, so that a browser without a mail waits as long as one with wrong digits.
    sent = _code_digest(row.id if row else "", re.sub(r"[\s-]", "", code))
    if row is None or row.code_digest is None or not equal(sent, row.code_digest):
        raise WrongCode
    return str(row.id)


def sweep() -> int:
    """Delete links that expired long ago; return how many."""
    with transaction() as session:
        old = EmailToken.expires_at < now() - _TOMBSTONES_KEPT
        return int(session.execute(delete(EmailToken).where(old)).rowcount)  # type: ignore[attr-defined]


def _consume(which: ColumnElement[bool], purpose: str) -> User:
    with transaction() as session:
        link = session.execute(
            update(EmailToken)
            .where(which, EmailToken.purpose == purpose, EmailToken.used_at.is_(None), EmailToken.expires_at > now())
            .values(used_at=now())
            .returning(EmailToken)
            .execution_options(synchronize_session=False)
        ).scalar()
        user = session.get(User, link.user_id, with_for_update=True, populate_existing=True) if link else None
        if link is None or user is None or not _still_fits(link, user):
            raise DeadLink
        return user


def _still_fits(link: EmailToken, user: User) -> bool:
    if link.purpose in _OF_THEN:
        return True
    same_password = link.purpose == UNLOCK or equal(link.credential, credential_of(user))
    return same_password and (link.purpose in _ELSEWHERE or link.email == user.email_normalised)


def _code_digest(token_id: str, code: str) -> str:
    # Keyed: six digits could be found again from a plain digest.
    return keyed_digest("email-code", f"{token_id}:{code}")
