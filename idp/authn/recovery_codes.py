"""The ten codes a person keeps for the day their phone is gone: each good once, kept as digests."""

from collections.abc import Mapping

from sqlalchemy import func, select, update

from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails
from idp.authn.errors import WrongCode
from idp.authn.models import RecoveryCode
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.secrets import keyed_digest

AMR = ("recovery",)
FEW = 3
"""So many left, or fewer, are worth a word on every page."""


def count_left(user_id: str) -> int:
    """Return how many codes a person has left."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return int(db.session.execute(query).scalar_one())


def is_enrolled(user_id: str) -> bool:
    """Tell whether a person has a code left."""
    return count_left(user_id) > 0


def verify(user: User, answer: Mapping[str, str]) -> tuple[str, ...]:
    """Take a recovery code (`code`), once; raise WrongCode."""
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.digest == digest_of(user.id, answer.get("code", "")),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        if session.execute(statement).first() is None:
            raise WrongCode
        record(Tag.RECOVERY_CODE_USED, actor=f"user:{user.id}", subject=f"user:{user.id}")
        mails.recovery_code_used(user, count_left(user.id))
    return AMR


def digest_of(user_id: str, code: str) -> str:
    """Return what the database keeps of a code, however it is written: dashes, spaces and case don't count."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return keyed_digest("recovery-code", f"{user_id}:{plain}")
