"""What a token says and whether it is good, for an operator who looks into it; it is neither kept nor logged."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from flask_babel import lazy_gettext as _l

from idp.access.guards.level import check_may_act_on
from idp.clients.service import find_client
from idp.core.errors import NotFound
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.bearer import get_live_token
from idp.oauth.errors import BearerRefused
from idp.oauth.standing import NotUsable, find_grant, get_usable_grant
from idp.oauth.tokens.access_token import TYPE, grant_of
from idp.oauth.tokens.id_token import TYPE as ID_TYPE
from idp.oauth.tokens.preview import MEANINGS
from idp.oauth.tokens.revoke import revoke_grants
from idp.oauth.tokens.store import REFRESH_PREFIX, find_live_refresh

_TIMES = {"exp", "iat", "nbf", "auth_time", "updated_at"}
_LAST = 2**33
GOOD = _l("Signed by a key of ours.")
UNKNOWN = _l("Not signed by a key of ours that is still published.")
UNSIGNED = _l("It has no signature; this server looks it up.")
RETIRED = _l("Signed by a key of ours that is not published any more.")
OTHER_KIND = _l("It is a token of another kind of ours, which is neither active nor revoked.")
_NOT_READ = _l("Its header or its form is none of ours.")
_WORDS = {
    "key": _l("No key that we publish has its key id and algorithm."),
    "key of elsewhere": _l("Its key is published here, and has signed nothing here."),
    "not from here": _l("It is older than the time its key has signed here."),
    "signature": _l("The signature does not fit what it signs."),
    "issuer": _l("It names another issuer."),
}
NO_TOKEN = _l("This is not a token.")
ID_TOKEN = _l("ID tokens are not presented to anybody, so they are neither active nor revoked.")


@dataclass(frozen=True)
class Inspection:
    """What is known of a token."""

    kind: str
    verdict: Any
    is_signed_by_us: bool = False
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    active: bool = False
    reason: Any = None
    """Why it is not active."""
    grant_id: str | None = None
    """The grant it stands on, of a token of ours only."""
    user_id: str | None = None
    client_id: str | None = None

    @property
    def meanings(self) -> dict[str, Any]:
        """What the claims say, in words."""
        return {name: MEANINGS[name] for name in self.claims if name in MEANINGS}

    @property
    def is_from_us(self) -> bool:
        """Whether it names us as its issuer."""
        return bool(self.claims.get("iss") == settings().issuer)

    @property
    def times(self) -> dict[str, datetime]:
        """The claims that are moments."""
        return {
            name: datetime.fromtimestamp(value, UTC)
            for name, value in self.claims.items()
            if name in _TIMES and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LAST
        }


def inspect(value: str) -> Inspection:
    """Read a token and judge it."""
    value = value.strip()
    if value.startswith(REFRESH_PREFIX):
        return _inspect_refresh(value)
    parts = value.split(".")
    is_jwt = len(parts) == 3 and len(value) <= keyring.LONGEST
    header, claims = (_object(parts[0]), _object(parts[1])) if is_jwt else ({}, {})
    if not header or not claims:
        return Inspection("", NO_TOKEN, reason=NO_TOKEN)
    kind = str(header.get("typ", ""))
    try:
        keyring.verify(value, types={kind}, ignore_expiry=True)
    except keyring.InvalidToken as error:
        reason = _WORDS.get(str(error), _NOT_READ)
        return Inspection(kind, _of_stranger(value, kind), header=header, claims=claims, reason=reason)
    if kind not in {TYPE, ID_TYPE}:
        return Inspection(kind, GOOD, is_signed_by_us=True, header=header, claims=claims, reason=OTHER_KIND)
    reason = _why_dead(value) if kind == TYPE else ID_TOKEN
    grant_id = grant_of(str(claims.get("jti", "")))
    grant = find_grant(grant_id) if grant_id else None
    return Inspection(
        kind, GOOD, is_signed_by_us=True, header=header, claims=claims, active=reason is None, reason=reason,
        grant_id=grant.id if grant else None, user_id=grant.user.id if grant else None,
        client_id=str(claims.get("client_id") or claims.get("aud") or ""),
    )  # fmt: skip


def _of_stranger(value: str, kind: str) -> Any:
    """Tell a token whose key has been retired in its time from one that no key of ours has signed."""
    try:
        keyring.verify_lasting(value, types={kind})
    except keyring.InvalidToken:
        return UNKNOWN
    return RETIRED


def revoke(grant_id: str) -> None:
    """End everything a grant stands for; raise NotFound, or Forbidden for somebody who may do more."""
    grant = find_grant(grant_id)
    if grant is None or grant.revoked_at is not None:
        raise NotFound
    check_may_act_on(grant.user.id)
    revoke_grants("revoked by an administrator", grant_id=grant_id)


def _why_dead(value: str) -> str | None:
    try:
        get_live_token(value)
    except BearerRefused as refused:
        return refused.detail or str(refused.error)
    return None


def _inspect_refresh(value: str) -> Inspection:
    row = find_live_refresh(value)
    if row is None:
        return Inspection("refresh_token", UNSIGNED, reason=_l("It is unknown, used or over."))
    grant, reason = find_grant(row.grant_id), None
    try:
        get_usable_grant(row.grant_id, find_client(row.client_id))
    except NotUsable as over:
        reason = over.reason
    return Inspection(
        "refresh_token", UNSIGNED, active=reason is None, reason=reason, grant_id=row.grant_id,
        user_id=grant.user.id if grant else None, client_id=row.client_id,
    )  # fmt: skip


def _object(part: str) -> dict[str, Any]:
    try:
        value = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
