"""Which scopes there are, what people read about them, and which of them may be granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.access.service import ApiInfo, find_api, permission_names
from idp.clients.service import ClientInfo
from idp.i18n.service import current_language

OPENID, OFFLINE = "openid", "offline_access"


@dataclass(frozen=True)
class Scope:
    """One scope, in the words of the consent page."""

    name: str
    title: Any
    icon: str = "key"


STANDARD_SCOPES = {
    scope.name: scope
    for scope in (
        Scope(OPENID, _l("Know that it is you"), "identification"),
        Scope("profile", _l("See your name and profile"), "user"),
        Scope("email", _l("See your e-mail address"), "envelope"),
        Scope("address", _l("See your postal address"), "map-pin"),
        Scope("phone", _l("See your phone number"), "phone"),
        Scope("roles", _l("See your roles and what they allow"), "shield-check"),
        Scope("groups", _l("See the groups you belong to"), "user-group"),
        Scope(OFFLINE, _l("Keep access when you are away, until you remove it"), "arrow-path"),
    )
}
"""The scopes of OpenID Connect Core §5.4 and §11, and our own two. Every other scope is a permission of an API."""


@dataclass(frozen=True)
class ScopeDecision:
    """What may be granted of the scopes asked for, in the order asked, and for which APIs."""

    granted: list[str]
    refused: list[str]
    audiences: list[str]
    keys: list[str]
    """What a person consents to: a standard scope by its name, a permission by its API and its name."""


def decide_scopes(
    user_id: str | None, client: ClientInfo, requested: Sequence[str], resources: Sequence[str]
) -> ScopeDecision:
    """Grant what the client is registered for and the person has a right to (RFC 6749 §3.3).

    A client that asks for itself (`user_id` None) gets scopes of APIs only. `resources` narrow the APIs down.
    """
    asked = list(dict.fromkeys(requested))
    apis = _apis(client, resources) if any(name not in STANDARD_SCOPES for name in asked) else []
    held = {api.identifier: _held(user_id, api) for api in apis}
    granted, audiences, keys = [], [], []
    for name in asked:
        if name not in client.scopes:
            continue
        holders = [identifier for identifier, names in held.items() if name in names]
        is_standard = name in STANDARD_SCOPES and _is_standard_granted(user_id, client, name)
        if holders or is_standard:
            granted.append(name)
            audiences += holders
            keys += ([name] if is_standard else []) + [f"{identifier} {name}" for identifier in holders]
    refused = [name for name in asked if name not in granted]
    return ScopeDecision(granted, refused, list(dict.fromkeys(audiences)), keys)


def describe_key(key: str) -> Scope:
    """Return what a person consents to; words and icon of an API's permission are the administrator's own.

    The words are those in the language of the page, where there are any.
    """
    identifier, _, name = key.rpartition(" ")
    if not identifier:
        return STANDARD_SCOPES.get(name) or Scope(name, name)
    api = find_api(identifier)
    found = next((permission for permission in api.permissions if permission.name == name), None) if api else None
    return Scope(name, found.title_in(current_language()), found.icon) if found else Scope(name, name)


def _is_standard_granted(user_id: str | None, client: ClientInfo, name: str) -> bool:
    if user_id is None:
        return False
    return name != OFFLINE or client.allows_grant("refresh_token")


def _apis(client: ClientInfo, resources: Sequence[str]) -> list[ApiInfo]:
    wanted = [identifier for identifier in client.allowed_apis if not resources or identifier in resources]
    return [api for api in map(find_api, wanted) if api is not None]


def _held(user_id: str | None, api: ApiInfo) -> set[str]:
    return permission_names(user_id, api.id) if user_id else set(api.permission_names)
