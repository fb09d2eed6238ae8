"""What becomes of a device's request: handed out, found by its code, decided once, redeemed once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, is_postgresql, transaction
from idp.core.retention import kept
from idp.core.secrets import digest, new_id, random_token
from idp.core.settings import settings
from idp.limits.policy import DEVICE_CODE, DEVICE_CODE_NETWORK, DEVICE_CODE_TOTAL
from idp.limits.service import clear, take
from idp.oauth.device.codes import digest_of, new_user_code
from idp.oauth.device.errors import CodeIsOver, WrongUserCode
from idp.oauth.device.models import DeviceCode
from idp.oauth.device.refusals import DENIED, EXPIRED, PENDING, SLOW_DOWN, UNKNOWN, USED
from idp.oauth.errors import Refused
from idp.oauth.tokens.models import Grant

INTERVAL = 5
_SLOWER = 5
"""Seconds that are added for a device that asks too often (RFC 8628 §3.5)."""
_KEPT = kept(_l("Codes of devices that have expired"), timedelta(hours=1))


@dataclass(frozen=True)
class Issued:
    """The two codes of a device, known to it alone."""

    device_code: str
    user_code: str
    expires_in: int


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What a person allowed a device, and in which session."""

    user_id: str
    session: Any
    scopes: list[str]
    offline: bool


def issue(client_id: str, scopes: tuple[str, ...], resources: tuple[str, ...]) -> Issued:
    """Write down a device's request and return its codes."""
    device_code, lifetime = random_token(), settings().tokens.device_code
    into = postgresql.insert if is_postgresql() else sqlite.insert
    with transaction() as session:
        while True:
            user_code = new_user_code()
            row = {
                "id": new_id(), "digest": digest(device_code), "user_digest": digest_of(user_code),
                "client_id": client_id, "scope": " ".join(scopes), "resources": list(resources), "ip": context().ip,
                "interval": INTERVAL, "created_at": now(), "expires_at": now() + lifetime,
            }  # fmt: skip
            statement = into(DeviceCode).values(row).on_conflict_do_nothing().returning(DeviceCode.id)
            if session.execute(statement).first() is not None:
                break
        record(Tag.DEVICE_REQUESTED, actor=f"client:{client_id}", client_id=client_id, scope=row["scope"])
    return Issued(device_code, user_code, int(lifetime.total_seconds()))


def find_by_user_code(user_code: str | None, browser: str) -> DeviceCode:
    """Return the request whose code somebody typed, counted before it is looked at.

    Raises TooMany, WrongUserCode, CodeIsOver.
    """
    take(DEVICE_CODE, browser)
    take(DEVICE_CODE_NETWORK, context().network)
    take(DEVICE_CODE_TOTAL, "all")
    query = select(DeviceCode).where(DeviceCode.user_digest == digest_of(user_code or ""))
    found = db.session.execute(query).scalar()
    if found is None:
        raise WrongUserCode
    check_waits(found)
    clear(DEVICE_CODE, browser)
    return found


def get(device_id: str) -> DeviceCode:
    """Return a request that still waits for a person; raise CodeIsOver."""
    found = db.session.get(DeviceCode, device_id)
    if found is None:
        raise CodeIsOver
    return check_waits(found)


def check_waits(found: DeviceCode) -> DeviceCode:
    """Return a request that still waits for a person; raise CodeIsOver for every other."""
    if found.grant_id is not None or found.denied_at is not None or found.expires_at <= now():
        raise CodeIsOver
    return found


def approve(found: DeviceCode, approval: Approval) -> None:
    """Let the device have what a person allowed, unless somebody decided before; raise CodeIsOver."""
    session, grant_id = approval.session, new_id()
    with transaction() as database:
        database.execute(
            insert(Grant).values(
                id=grant_id, user_id=approval.user_id, client_id=found.client_id, session_id=session.id,
                scope=" ".join(approval.scopes), resources=found.resources, claims={}, nonce=None,
                auth_time=session.auth_time, acr=session.acr, amr=list(session.amr), offline=approval.offline,
                created_at=now(),
            )
        )  # fmt: skip
        _decide(found.id, grant_id=grant_id)
        record(
            Tag.DEVICE_APPROVED, actor=f"user:{approval.user_id}", subject=f"user:{approval.user_id}",
            client_id=found.client_id, session_id=session.id, scope=" ".join(approval.scopes),
        )  # fmt: skip


def deny(found: DeviceCode, user_id: str) -> None:
    """Let the device have nothing, unless somebody decided before; raise CodeIsOver."""
    with transaction():
        _decide(found.id, denied_at=now())
        record(Tag.DEVICE_DENIED, actor=f"user:{user_id}", subject=f"user:{user_id}", client_id=found.client_id)


def redeem(device_code: str, client_id: str) -> str:
    """Take what a person allowed, once; return the id of its grant (RFC 8628 §3.4). Raises Refused."""
    moment, of = now(), digest(device_code)
    statement = (
        update(DeviceCode)
        .where(
            DeviceCode.digest == of, DeviceCode.client_id == client_id, DeviceCode.grant_id.is_not(None),
            DeviceCode.used_at.is_(None), DeviceCode.expires_at > moment,
        )
        .values(used_at=moment)
        .returning(DeviceCode.grant_id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    taken = db.session.execute(statement).first()
    if taken is not None:
        return str(taken.grant_id)
    found = db.session.execute(select(DeviceCode).where(DeviceCode.digest == of)).scalar()
    if found is None or found.client_id != client_id:
        raise Refused(UNKNOWN, detail="unknown" if found is None else f"belongs to {found.client_id}")
    _refuse(found, moment)
    raise Refused(_note_question(found.id, moment), keep=True, recorded=True)


def sweep() -> int:
    """Delete requests that are over; return how many."""
    with transaction() as session:
        result = session.execute(delete(DeviceCode).where(DeviceCode.expires_at <= now() - _KEPT))
        return int(result.rowcount)  # type: ignore[attr-defined]


def _refuse(found: DeviceCode, moment: datetime) -> None:
    """Raise Refused for a request that a device need not ask about any more."""
    if found.used_at is not None:
        raise Refused(USED)
    if found.denied_at is not None:
        raise Refused(DENIED)
    if found.expires_at <= moment:
        raise Refused(EXPIRED)


def _note_question(device_id: str, moment: datetime) -> Any:
    """Note that a device asked; return the refusal that fits, with a longer pause when it came too soon."""
    found = db.session.execute(select(DeviceCode.asked_at, DeviceCode.interval).where(DeviceCode.id == device_id)).one()
    came_too_soon = found.asked_at is not None and moment < found.asked_at + timedelta(seconds=found.interval)
    interval = found.interval + (_SLOWER if came_too_soon else 0)
    statement = update(DeviceCode).where(DeviceCode.id == device_id).values(asked_at=moment, interval=interval)
    db.session.execute(statement.execution_options(synchronize_session=False))
    return SLOW_DOWN if came_too_soon else PENDING


def _decide(device_id: str, **values: Any) -> None:
    statement = (
        update(DeviceCode)
        .where(
            DeviceCode.id == device_id, DeviceCode.grant_id.is_(None), DeviceCode.denied_at.is_(None),
            DeviceCode.expires_at > now(),
        )
        .values(values)
        .returning(DeviceCode.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    with transaction() as session:
        if session.execute(statement).first() is None:
            raise CodeIsOver
