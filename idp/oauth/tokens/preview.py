"""What tokens and UserInfo would say about a person to an app, and why; nothing is signed, stored or accepted.

The claims come from the functions that make the real ones; this adds where each comes from, and why one is not there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.access.derived.origins import say_way
from idp.access.derived.paths import role_ways
from idp.accounts.service import get_user
from idp.clients.errors import NO_CLIENT, NotFound
from idp.clients.service import ClientInfo, find_client
from idp.core.clock import now
from idp.oauth.endpoints.userinfo import claims_for
from idp.oauth.errors import Refused
from idp.oauth.scopes import OFFLINE, STANDARD_SCOPES, decide_scopes
from idp.oauth.standing import GrantState, NotUsable, PersonState, SessionState, check_standing
from idp.oauth.tokens.audience import Target, choose_target
from idp.oauth.tokens.claims import CLAIMS_OF_SCOPE
from idp.oauth.tokens.issuer import build_claims

_ID = "preview"
MEANINGS = {
    "iss": _l("this server"), "sub": _l("the person’s id"), "aud": _l("for whom it is"), "exp": _l("the lifetime"),
    "iat": _l("the moment it is made"), "jti": _l("made anew for each token"), "client_id": _l("the app"),
    "scope": _l("what was granted"), "auth_time": _l("when the person signed in"),
    "acr": _l("how strong the sign-in was"),
    "amr": _l("how the person signed in"), "sid": _l("the session"),
    "roles": _l("the person’s roles, direct and by groups, because of the scope roles"),
    "permissions": _l("what the roles allow at this API, because of the scope roles"),
    "groups": _l("the person’s groups, because of the scope groups"),
}  # fmt: skip
_BY_ROLES = _l("because of the scope roles: %(ways)s")
_BY_PARAMETER = _l("a field of the profile, because the claims parameter asks for it")
_PROFILE = _l("a field of the profile, because of the scope %(scope)s")
_NOT_ASKED = _l("the scope %(scope)s is not asked for")
_NOT_REGISTERED = _l("the app may not ask for the scope %(scope)s")
_NO_RIGHT = _l("the person has no such permission")
_UNKNOWN_RIGHT = _l("no API of the app has a permission of that name")
_EMPTY = _l("the profile has no value")
_NO_REFRESH = _l("the app has no refresh tokens")
_ELSEWHERE = _l("it is in UserInfo; in the ID token only when the claims parameter asks for it")
_NO_OPENID = _l("there is none: the scope openid was not granted")
_OTHER_AUDIENCE = _l("there is none: the token is for an API only")


@dataclass(frozen=True)
class Reason:
    """One name, and where it comes from or why it is not there."""

    name: str
    why: Any
    value: Any = None


@dataclass(frozen=True)
class Document:
    """One of the three things an app would get."""

    claims: dict[str, Any] | None
    sources: list[Reason] = field(default_factory=list)
    missing: list[Reason] = field(default_factory=list)
    absent: Any = None
    """Why there is no such document."""


@dataclass(frozen=True)
class Preview:
    """What an app would get."""

    client_id: str
    user_id: str
    refusal: str | None
    """Why the sign-in would be refused, if it would."""
    refused_scopes: list[Reason]
    access_token: Document
    id_token: Document
    userinfo: Document


def preview_tokens(
    client_id: str, user_id: str, scopes: Sequence[str], *, resource: str | None = None, claims: Any = None
) -> Preview:
    """Work out what an app would get for a person now; raise NotFound, Refused when no token could be made at all."""
    client = find_client(client_id)
    if client is None:
        raise NotFound(NO_CLIENT)
    grant = _grant(client, get_user(user_id), list(scopes), resource, claims or {})
    refusal = _refusal(client, grant)
    target = choose_target(client, user_id=user_id, scopes=grant.scopes, resources=grant.resources, asked=[],
                           or_nothing=True)  # fmt: skip
    access, identity = build_claims(client, target, grant)
    why, source = _why_not(client, target, scopes), _sources(user_id, target)
    told = claims_for(grant, target.scopes, target.api) if "openid" in target.scopes and target.userinfo else None
    return Preview(
        client_id, user_id, refusal, [Reason(name, _why_refused(client, name)) for name in _lost(scopes, target)],
        _document(access, source, (), why),
        _document(identity, source, CLAIMS_OF_SCOPE, why, elsewhere=told, absent=_NO_OPENID),
        _document(told, source, CLAIMS_OF_SCOPE, why,
                  absent=_OTHER_AUDIENCE if "openid" in target.scopes else _NO_OPENID),
    )  # fmt: skip


def _grant(client: ClientInfo, user: Any, scopes: list[str], resource: str | None, claims: Any) -> GrantState:
    """Make the grant that the front channel would write, in memory only."""
    moment, resources = now(), [resource] if resource else []
    granted = decide_scopes(user.id, client, scopes, resources).granted
    ends = moment + timedelta(hours=1)
    return GrantState(
        id=_ID, client_id=client.id, session_id=_ID, scope=" ".join(granted), resources=resources, claims=claims,
        nonce=None, auth_time=moment, acr="1", amr=["pwd"], offline=OFFLINE in granted, created_at=moment,
        revoked_at=None, user=PersonState(user.id, user.state, user.locked_at),
        session=SessionState(None, None, ends, ends, remember=False),
    )  # fmt: skip


def _refusal(client: ClientInfo, grant: GrantState) -> str | None:
    try:
        check_standing(client=client, user=grant.user)
    except NotUsable as over:
        return over.reason
    return None


def _lost(scopes: Sequence[str], target: Target) -> list[str]:
    return [name for name in dict.fromkeys(scopes) if name not in target.scopes]


def _why_refused(client: ClientInfo, name: str) -> Any:
    if name not in client.scopes:
        return _NOT_REGISTERED % {"scope": name}
    if name == OFFLINE:
        return _NO_REFRESH
    return _NO_RIGHT if name not in STANDARD_SCOPES and client.allowed_apis else _UNKNOWN_RIGHT


def _why_not(client: ClientInfo, target: Target, asked: Sequence[str]) -> Callable[[str], Any]:
    """Return what tells why a claim behind a scope is not there."""

    def why(scope: str) -> Any:
        if scope in target.scopes:
            return _EMPTY
        return (_NOT_ASKED if scope in client.scopes and scope not in asked else _NOT_REGISTERED) % {"scope": scope}

    return why


def _document(
    claims: dict[str, Any] | None,
    source: Callable[[str], Any],
    expected: Any,
    why: Callable[[str], Any],
    *,
    elsewhere: Any = None,
    absent: Any = None,
) -> Document:
    if claims is None:
        return Document(None, absent=absent)
    sources = [Reason(name, source(name), value) for name, value in claims.items()]
    wanted = [(name, scope) for scope in expected for name in CLAIMS_OF_SCOPE[scope]]
    wanted += [("roles", "roles"), ("groups", "groups")]
    missing = [
        Reason(name, _ELSEWHERE if elsewhere and name in elsewhere else why(scope))
        for name, scope in wanted
        if name not in claims
    ]
    return Document(claims, sources, missing)


def _sources(user_id: str, target: Target) -> Callable[[str], Any]:
    """Return what tells where a claim comes from; of roles, by which way each came."""
    ways = "; ".join(map(say_way, role_ways(user_id)))

    def source(name: str) -> Any:
        if name == "roles" and ways:
            return _BY_ROLES % {"ways": ways}
        if name in MEANINGS:
            return MEANINGS[name]
        scope = next((scope for scope, names in CLAIMS_OF_SCOPE.items() if name in names), name)
        return _PROFILE % {"scope": scope} if scope in target.scopes else _BY_PARAMETER

    return source


__all__ = ["Document", "Preview", "Reason", "Refused", "preview_tokens"]
