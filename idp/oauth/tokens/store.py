"""Codes and refresh tokens: kept as digests, taken once by one statement, used ones left as tombstones."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, is_postgresql, read, transaction
from idp.core.secrets import digest, new_id, random_token
from idp.core.settings import settings
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import (
    CODE_EXPIRED,
    CODE_UNKNOWN,
    CODE_USED,
    REFRESH_EXPIRED,
    REFRESH_UNKNOWN,
    REFRESH_USED,
)
from idp.oauth.tokens.models import AuthorizationCode, Grant, RefreshToken, RevokedToken, UsedAssertion
from idp.oauth.tokens.revoke import revoke_grants

REFRESH_PREFIX = "idpr_"
_CODES: Any = AuthorizationCode.__table__
_REFRESH: Any = RefreshToken.__table__


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What a person allowed an app at the authorization endpoint: the content of a grant and its first code."""

    user_id: str
    client_id: str
    session_id: str
    redirect_uri: str
    scope: str
    auth_time: datetime
    acr: str | None
    amr: list[str]
    code_challenge: str | None
    nonce: str | None = None
    resources: list[str] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    offline: bool = False


def _take(table: Any, *columns: Any) -> Any:
    """Build the statement that takes a live row for its own client, once (`UPDATE ... WHERE used_at IS NULL`)."""
    return (
        update(table)
        .where(
            table.c.digest == bindparam("of"),
            table.c.client_id == bindparam("client"),
            table.c.used_at.is_(None),
            table.c.expires_at > bindparam("moment"),
        )
        .values(used_at=bindparam("moment"))
        .returning(*columns)
    )


_TAKE_CODE = _take(_CODES, _CODES.c.grant_id, _CODES.c.redirect_uri, _CODES.c.code_challenge)
_TAKE_REFRESH = _take(_REFRESH, _REFRESH.c.grant_id, _REFRESH.c.created_at)
_FIND_REFRESH = select(_REFRESH).where(_REFRESH.c.digest == bindparam("of"))
_FIND_REVOKED = select(RevokedToken.jti).where(RevokedToken.jti == bindparam("of"))
_INSERT_REFRESH = insert(_REFRESH)


def issue_code(approval: Approval) -> str:
    """Store a grant and its code; return the code (RFC 6749 §4.1.2)."""
    moment, grant_id, code = now(), new_id(), random_token()
    with transaction() as session:
        session.execute(
            insert(Grant).values(
                id=grant_id, user_id=approval.user_id, client_id=approval.client_id, session_id=approval.session_id,
                scope=approval.scope, resources=approval.resources, claims=approval.claims, nonce=approval.nonce,
                auth_time=approval.auth_time, acr=approval.acr, amr=approval.amr, offline=approval.offline,
                created_at=moment,
            )
        )  # fmt: skip
        session.execute(
            insert(AuthorizationCode).values(
                digest=digest(code), grant_id=grant_id, client_id=approval.client_id,
                redirect_uri=approval.redirect_uri, code_challenge=approval.code_challenge,
                expires_at=moment + settings().tokens.code,
            )
        )  # fmt: skip
        record(
            Tag.CODE_ISSUED, actor=f"user:{approval.user_id}", subject=f"grant:{grant_id}",
            client_id=approval.client_id, session_id=approval.session_id, scope=approval.scope,
        )  # fmt: skip
    return code


def consume_code(value: str, client_id: str) -> Any:
    """Take a code out of the store, once; return its row of `grant_id`, `redirect_uri`, `code_challenge`.

    A second use by the client it was issued to revokes everything the first one gave (RFC 6749 §4.1.2).
    """
    parameters = {"of": digest(value), "client": client_id, "moment": now()}
    taken = db.session.execute(_TAKE_CODE, parameters).first()
    if taken is not None:
        return taken
    found = db.session.execute(select(_CODES).where(_CODES.c.digest == parameters["of"])).first()
    if found is None or found.client_id != client_id:
        raise Refused(CODE_UNKNOWN, detail="unknown" if found is None else f"belongs to {found.client_id}")
    if found.used_at is None:
        raise Refused(CODE_EXPIRED)
    record(Tag.CODE_REUSED, actor=f"client:{client_id}", subject=f"grant:{found.grant_id}", client_id=client_id)
    revoke_grants("code reused", grant_id=found.grant_id)
    raise Refused(CODE_USED, keep=True, recorded=True)


def issue_refresh(grant_id: str, client_id: str, *, ends_at: datetime) -> str:
    """Store a refresh token of a grant and return it; `ends_at` is the end of the whole line."""
    moment, value = now(), random_token(REFRESH_PREFIX)
    expires_at = min(moment + settings().tokens.refresh_idle, ends_at)
    row = {"digest": digest(value), "grant_id": grant_id, "client_id": client_id, "created_at": moment}
    db.session.execute(_INSERT_REFRESH, {**row, "expires_at": expires_at, "used_at": None})
    return value


def consume_refresh(value: str, client_id: str) -> str:
    """Take a refresh token, once; return the id of its grant.

    A second use means that two parties hold it: the whole line is revoked (RFC 9700 §4.14.2).
    """
    parameters = {"of": digest(value), "client": client_id, "moment": now()}
    taken = db.session.execute(_TAKE_REFRESH, parameters).first()
    if taken is not None:
        return str(taken.grant_id)
    found = find_refresh(value)
    if found is None or found.client_id != client_id:
        raise Refused(REFRESH_UNKNOWN, detail="unknown" if found is None else f"belongs to {found.client_id}")
    if found.used_at is None:
        raise Refused(REFRESH_EXPIRED)
    record(Tag.TOKEN_REUSED, actor=f"client:{client_id}", subject=f"grant:{found.grant_id}", client_id=client_id)
    revoke_grants("refresh token reused", grant_id=found.grant_id)
    raise Refused(REFRESH_USED, keep=True, recorded=True)


def find_refresh(value: str) -> Any:
    """Return the row of a refresh token, used or not, or None."""
    if not value.startswith(REFRESH_PREFIX):
        return None
    rows = read(_FIND_REFRESH, {"of": digest(value)})
    return rows[0] if rows else None


def find_live_refresh(value: str) -> Any:
    """Return the row of a refresh token that could still be used, or None."""
    row = find_refresh(value)
    return row if row is not None and row.used_at is None and row.expires_at > now() else None


def remember_assertion(client_id: str, jti: str, expires_at: datetime) -> bool:
    """Note the id of a client assertion; return False when it was used before (RFC 7523 §3)."""
    row = {"client_id": client_id, "jti": digest(jti), "expires_at": expires_at + settings().tokens.clock_skew}
    return _insert_once(UsedAssertion, row)


def remember_revoked(jti: str, expires_at: datetime) -> bool:
    """Note the id of an access token that is revoked by itself; return False when it was already."""
    return _insert_once(RevokedToken, {"jti": jti, "expires_at": expires_at})


def is_revoked(jti: str) -> bool:
    """Tell whether an access token without a grant was revoked."""
    return bool(read(_FIND_REVOKED, {"of": jti}))


def _insert_once(model: Any, row: dict[str, Any]) -> bool:
    insert_ = postgresql.insert if is_postgresql() else sqlite.insert
    statement = insert_(model.__table__).values(row).on_conflict_do_nothing().returning(model.__table__.c.expires_at)
    with transaction() as session:
        return session.execute(statement).first() is not None
