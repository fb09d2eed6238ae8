"""Who calls: the bearer of an API key or of an access token for this API, and what they may do now (RFC 6750).

No cookie is read here, so no page of another site can make a browser act.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import g, request

from idp.access import service as access
from idp.access.permissions import PERMISSIONS, covers
from idp.api.problems import Problem
from idp.api.routes import Route
from idp.api_keys import service as keys
from idp.authn import policy
from idp.core.clock import now
from idp.core.context import context, set_context
from idp.core.settings import settings
from idp.oauth.bearer import LiveToken, get_live_token
from idp.oauth.errors import BearerRefused

_BAD_KEY = "The API key is wrong, revoked or expired, or its owner's account is not in use."
_BAD_TOKEN = "The access token is wrong, revoked or expired, or made for another API."


@dataclass(frozen=True)
class Caller:
    """Who calls, and the permissions this call may use."""

    actor: str
    user_id: str | None
    permissions: frozenset[str]
    via: str
    signed_in: tuple[str | None, datetime] | None = None
    """Class and time of a person's sign-in, where a token tells of one."""


def authenticate() -> Caller:
    """Return who calls, and let what happens be theirs; raise Problem 401 for nobody."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise _refusal(401, "Send an API key or an access token in the Authorization header.")
    value = value.strip()
    caller = _bearer_of_key(value) if value.startswith(keys.PREFIX) else _bearer_of_token(value)
    set_context(replace(context(), actor=caller.actor, via=caller.via, permissions=caller.permissions))
    return caller


def authorize(caller: Caller, route: Route) -> None:
    """Raise Problem 403 without a permission of a route, 401 when a person must sign in anew first (RFC 9470)."""
    for wanted in route.permissions:
        if not covers(caller.permissions, wanted):
            says = f"This needs the permission {wanted}."
            raise _refusal(403, says, error="insufficient_scope", scope=wanted)
    _check_sign_in(caller, sudo=route.sudo)


def may(permission: str) -> bool:
    """Tell whether this call may use a permission."""
    return covers(g.api_caller.permissions, permission)


def check_fresh() -> None:
    """Raise Problem 401 unless the sign-in behind this call is fresh; for what only some calls of a route need."""
    _check_sign_in(g.api_caller, sudo=True)


def _check_sign_in(caller: Caller, *, sudo: bool) -> None:
    if caller.signed_in is None:
        return
    reached, at = caller.signed_in
    wanted, seconds = policy.console_class(), int(settings().admin.sudo.total_seconds())
    is_weak = wanted is not None and (reached or "") < wanted
    is_old = sudo and (now() - at).total_seconds() > seconds
    if is_weak or is_old:
        asked = {"acr_values": wanted} if wanted else {}
        asked |= {"max_age": str(seconds)} if sudo else {}
        says = "A more recent or stronger sign-in is needed."
        raise _refusal(401, says, error="insufficient_user_authentication", **asked)


def _bearer_of_key(value: str) -> Caller:
    found = keys.find_live(value)
    if found is None:
        raise _refusal(401, _BAD_KEY, error="invalid_token")
    return Caller(f"user:{found.user_id}", found.user_id, found.permissions, f"api_key:{found.id}")


def _bearer_of_token(value: str) -> Caller:
    try:
        token = get_live_token(value)
    except BearerRefused as refused:
        raise _refusal(401, _BAD_TOKEN, error="invalid_token") from refused
    if access.own_api() not in token.audiences:
        raise _refusal(401, _BAD_TOKEN, error="invalid_token")
    return _of_person(token) if token.grant else _of_client(token)


def _of_person(token: LiveToken) -> Caller:
    assert token.grant is not None  # noqa: S101 - the caller looked
    user_id = token.grant.user.id
    allowed = frozenset(token.scopes) & keys.held_by(user_id)
    signed_in = (token.grant.acr, token.grant.auth_time.astimezone(UTC))
    return Caller(f"user:{user_id}", user_id, allowed, f"client:{token.client.id}", signed_in)


def _of_client(token: LiveToken) -> Caller:
    """A program in its own name: what its token carries, while it may still ask for it."""
    may_still = token.client.scopes if access.own_api() in token.client.allowed_apis else frozenset()
    allowed = frozenset(token.scopes) & may_still & PERMISSIONS.keys()
    return Caller(f"client:{token.client.id}", None, allowed, f"client:{token.client.id}")


def _refusal(status: int, says: str, **attributes: str | None) -> Problem:
    """Return a refusal with its challenge; without a credential in the request it has no error (RFC 6750 §3.1)."""
    said = {"realm": access.own_api(), **attributes}
    if "error" in attributes:
        said["error_description"] = says
    challenge = ", ".join(f'{name}="{value}"' for name, value in said.items())
    return Problem(status, says, WWW_Authenticate=f"Bearer {challenge}")
