"""Things as the manifest compares them: a kind, a name, and fields in one form for the file and for the database."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from idp.access import catalogue
from idp.access.derived.inheritance import included_by_name
from idp.access.guards.level import roles_of_group
from idp.access.models import Permission
from idp.access.names import ICONS, clean_text
from idp.access.service import own_api
from idp.clients import service as clients
from idp.clients.commands.options import SHORT_GRANTS
from idp.clients.metadata.rules import LISTS, RULES, clean
from idp.clients.models import Client
from idp.core.configuration.view import value_of
from idp.manifest.document import (
    OWN_API,
    ApiEntry,
    ClientEntry,
    GroupEntry,
    PermissionEntry,
    RoleEntry,
    SettingEntry,
    WebhookEntry,
)
from idp.stored_settings import service as stored_settings
from idp.stored_settings.checks import as_stored, merge
from idp.stored_settings.live import base_settings
from idp.webhooks import service as webhooks

KINDS = ("api", "role", "group", "client", "webhook", "setting")
Key = tuple[str, str]


@dataclass(frozen=True)
class Thing:
    """Something of the server, as the file wants it or as it is."""

    kind: str
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    builtin: bool = False
    """Whether it came with the house, so that it cannot go and is only partly described."""

    @property
    def key(self) -> Key:
        """What tells it from every other thing."""
        return self.kind, self.name


def digests(fields: dict[str, Any]) -> dict[str, str]:
    """Return a digest of every field."""
    return {
        name: hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
        for name, value in fields.items()
    }


def short(identifier: str) -> str:
    """Return what the manifest calls an API."""
    return OWN_API if identifier == own_api() else identifier


def full(name: str) -> str:
    """Return the identifier of an API that the manifest names."""
    return own_api() if name == OWN_API else name


def present() -> dict[Key, Thing]:
    """Return everything that is there now and that a manifest can describe."""
    found = [*_apis(), *_roles(), *_groups(), *_clients(), *_webhooks(), *_settings()]
    return {thing.key: thing for thing in found}


def wanted_api(entry: ApiEntry) -> Thing:
    """Return an API as the file wants it."""
    name = short(entry.identifier)
    fields: dict[str, Any] = {
        "name": clean_text(entry.name, 120) or entry.identifier[:120],
        "access_token_lifetime": entry.access_token_lifetime,
    }
    if name == OWN_API:
        return Thing("api", name, _given(fields, entry), builtin=True)
    permissions = {item.name: _consent_texts(item) for item in entry.permissions}
    return Thing("api", name, {**fields, "permissions": permissions})


def wanted_role(entry: RoleEntry, *, builtin: bool) -> Thing:
    """Return a role as the file wants it; of one that came with the house only what is given is compared."""
    fields: dict[str, Any] = {
        **_texts(entry.title, entry.description),
        "require_second_step": entry.require_second_step,
    }
    if builtin:
        return Thing("role", entry.name, _given(fields, entry), builtin=True)
    pairs = {f"{short(api)} {name}" for api, names in entry.permissions.items() for name in names}
    return Thing("role", entry.name, {**fields, "permissions": sorted(pairs), "includes": sorted(set(entry.includes))})


def wanted_group(entry: GroupEntry) -> Thing:
    """Return a group as the file wants it."""
    return Thing("group", entry.name, {"title": clean_text(entry.title, 200), "roles": sorted(set(entry.roles))})


def client_values(entry: ClientEntry) -> dict[str, Any]:
    """Return the fields of an app under the names the client's rules know, those that are given alone."""
    values = {name: value for name, value in entry.model_dump(include=set(RULES)).items() if value is not None}
    if "grant_types" in values:
        values["grant_types"] = [SHORT_GRANTS.get(name, name) for name in values["grant_types"]]
    if "allowed_apis" in values:
        values["allowed_apis"] = [full(name) for name in values["allowed_apis"]]
    if "jwks" in values:
        values["jwks"] = without_nothing(values["jwks"])
    return {**values, "metadata_": dict(entry.metadata)}


def wanted_client(entry: ClientEntry) -> Thing:
    """Return an app as the file wants it, with what its type begins with; raise InvalidMetadata."""
    return Thing("client", entry.client_id, {**client_fields(clean(client_values(entry))), "enabled": entry.enabled})


def wanted_setting(entry: SettingEntry) -> Thing:
    """Return a setting as the file wants it, in the form that is kept; raise UnfitSettings."""
    merged = merge(base_settings(), {entry.name: entry.value})
    return Thing("setting", entry.name, {"value": as_stored(value_of(merged, entry.name))})


def webhook_values(entry: WebhookEntry) -> dict[str, Any]:
    """Return the fields of a webhook under the names its rules know."""
    return {"url": entry.url, "events": list(entry.events), "label": entry.label}


def wanted_webhook(entry: WebhookEntry) -> Thing:
    """Return a webhook as the file wants it; raise DomainError."""
    return Thing("webhook", entry.name, {**webhooks.clean(webhook_values(entry)), "enabled": entry.enabled})


def without_nothing(value: Any) -> Any:
    """Leave out what is null, for which TOML has no word."""
    if isinstance(value, dict):
        return {name: without_nothing(item) for name, item in value.items() if item is not None}
    return [without_nothing(item) for item in value if item is not None] if isinstance(value, list) else value


def _apis() -> Iterator[Thing]:
    for row in catalogue.list_apis():
        own = row.identifier == own_api()
        permissions = {item.name: _consent_texts(item) for item in catalogue.list_permissions(row.id)}
        fields = {"name": row.name, "access_token_lifetime": row.access_token_lifetime, "permissions": permissions}
        yield Thing("api", short(row.identifier), fields, builtin=own)


def _roles() -> Iterator[Thing]:
    included = included_by_name()
    for row in catalogue.list_roles():
        pairs = sorted(f"{short(api)} {name}" for api, name in catalogue.permissions_of_role(row.id))
        fields = {**_texts(row.title, row.description), "require_second_step": row.require_second_step}
        held = {"permissions": pairs, "includes": included.get(row.name, [])}
        yield Thing("role", row.name, {**fields, **held}, builtin=row.builtin)


def _groups() -> Iterator[Thing]:
    for row in catalogue.list_groups():
        yield Thing("group", row.name, {"title": row.title, "roles": sorted(roles_of_group(row.id))})


def _clients() -> Iterator[Thing]:
    after = ""
    while page := clients.list_clients(after=after):
        yield from map(_client, page)
        after = page[-1].id


def _settings() -> Iterator[Thing]:
    for name, value in sorted(stored_settings.stored_values().items()):
        yield Thing("setting", name, {"value": value})


def _webhooks() -> Iterator[Thing]:
    after = ""
    while page := webhooks.list_endpoints(after=after):
        for row in page:
            fields = {"url": row.url, "events": row.events, "label": row.label, "enabled": row.disabled_at is None}
            yield Thing("webhook", row.name, fields)
        after = page[-1].name


def _client(row: Client) -> Thing:
    values = {name: getattr(row, name) for name in RULES}
    return Thing("client", row.id, {**client_fields(values), "enabled": row.disabled_at is None})


def client_fields(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an app in the form that is compared: lists whose order says nothing are in order."""
    fields = {name: sorted(values[name] or []) if name in LISTS else values[name] for name in RULES}
    fields["allowed_apis"] = sorted(short(name) for name in fields["allowed_apis"])
    fields["jwks"] = without_nothing(fields["jwks"])
    fields["metadata"] = without_nothing(fields.pop("metadata_") or {})
    return fields


def _texts(title: str, description: str) -> dict[str, str]:
    return {"title": clean_text(title, 200), "description": clean_text(description, 1000)}


def _consent_texts(item: PermissionEntry | Permission) -> dict[str, Any]:
    """Return what people read and see of a permission; languages and the icon stand there only where there are any."""
    # What was applied before there were any is compared by its digest, and was not changed by hand.
    titles = {code: kept for code, text in sorted(item.titles.items()) if (kept := clean_text(text, 200))}
    chosen = {"icon": item.icon} if item.icon != ICONS[0] else {}
    return {**_texts(item.title, item.description), **({"titles": titles} if titles else {}), **chosen}


def _given(fields: dict[str, Any], entry: ApiEntry | RoleEntry) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in entry.model_fields_set}
