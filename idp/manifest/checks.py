"""What a manifest may ask for: every entry against the rules of its slice, and every name against what there is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from idp.access import apis
from idp.access.derived.including import check_includes
from idp.access.derived.inheritance import Graph
from idp.access.errors import INCLUDES_IN_A_LOOP
from idp.access.names import check_icon, check_name, clean_titles
from idp.access.permissions import STANDARD_SCOPES
from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.registration import from_registration
from idp.clients.metadata.rules import LISTS, RULES, contradictions, defaults
from idp.clients.secrets.secret_store import MOST, check_secret, has_live_secret, list_secrets
from idp.clients.service import check_client_id
from idp.clients.types import SECRET_METHODS
from idp.core.errors import DomainError
from idp.manifest import secret_sources, things
from idp.manifest.document import OWN_API, ApiEntry, ClientEntry, RoleEntry, SettingEntry, WebhookEntry
from idp.manifest.reading import Document, Place, suggest
from idp.manifest.secret_sources import Secret
from idp.manifest.things import Key, Thing
from idp.stored_settings import service as stored_settings
from idp.stored_settings.catalogue import CHOICES
from idp.stored_settings.checks import UnfitSettings
from idp.webhooks import service as webhooks
from idp.webhooks.signing import key_of

_LOCKED = "comes with the house: its permissions stay as they are, leave them out"


class Checker:
    """Checks one manifest against what is there; problems go to the document."""

    def __init__(
        self, document: Document, present: dict[Key, Thing], managed: set[Key], *, read_secrets: bool = True
    ) -> None:
        self.document = document
        self.read_secret = secret_sources.read if read_secrets else secret_sources.leave
        self.present = present
        self.wanted: dict[Key, Thing] = {}
        self.secrets: dict[Key, Secret] = {}
        named = {(place.kind, _short_name(place)) for place in document.places}
        stays = {key for key, thing in present.items() if key not in managed or key in named or thing.builtin}
        self.known = {kind: {name for each, name in stays | named if each == kind} for kind in things.KINDS}
        self.permissions = self._permissions(stays)

    def check(self, *, with_secrets: bool) -> None:
        """Check everything; `with_secrets` demands that every secret can be read here."""
        steps: dict[str, Callable[[Place], None]] = {
            "apis": self._api, "roles": self._role, "groups": self._group, "clients": self._client,
            "settings": self._setting,
            "webhooks": self._webhook,
        }  # fmt: skip
        for section, step in steps.items():
            for place in self.document.entries(section):
                step(place)
        self._loops()
        for place in self.document.entries("clients"):
            self._secret(place, demanded=with_secrets)
        for place in self.document.entries("webhooks"):
            self._webhook_secret(place, demanded=with_secrets)

    def _permissions(self, stays: set[Key]) -> dict[str, set[str]]:
        """Return the permissions that every API will have."""
        found = {name: set(self.present[kind, name].fields["permissions"]) for kind, name in stays & self.present.keys()
                 if kind == "api"}  # fmt: skip
        for place in self.document.places:
            name = _short_name(place)
            if place.kind != "api" or name == OWN_API:
                continue
            if place.entry is None:
                found.pop(name, None)  # nobody knows what it was meant to have
            else:
                found[name] = {item.name for item in place.entry.permissions}
        return found

    def _blame(self, place: Place, says: str, *path: str | int) -> None:
        self.document.blame(f"{place.kind} {place.name!r}: {says}", place.section, place.number, *path)

    def _try(self, place: Place, rule: Callable[..., Any], *values: Any, path: tuple[str | int, ...]) -> None:
        """Ask a rule of a slice, and note what it refuses."""
        try:
            rule(*values)
        except DomainError as error:
            field = next((f"{part}: " for part in path if isinstance(part, str)), "")
            self._blame(place, f"{field}{error.public}", *path)

    def _want(self, place: Place, thing: Thing, path: str) -> None:
        if thing.key in self.wanted:
            self._blame(place, f"it is described already as {thing.name!r}", path)
        self.wanted[thing.key] = thing

    def _api(self, place: Place) -> None:
        entry: ApiEntry = place.entry
        thing = things.wanted_api(entry)
        self._try(place, apis.check_lifetime, entry.access_token_lifetime, path=("access_token_lifetime",))
        if thing.builtin and "permissions" in entry.model_fields_set:
            self._blame(place, _LOCKED, "permissions")
        elif not thing.builtin:
            self._try(place, apis.check_identifier, entry.identifier, path=("identifier",))
        seen: set[str] = set()
        for number, item in enumerate(entry.permissions):
            path = ("permissions", number, "name")
            self._try(place, apis.check_permission_name, item.name, path=path)
            self._try(place, clean_titles, item.titles, path=("permissions", number, "titles"))
            self._try(place, check_icon, item.icon, path=("permissions", number, "icon"))
            if item.name in seen:
                self._blame(place, f"permission {item.name!r} is there twice", *path)
            seen.add(item.name)
        self._want(place, thing, "identifier")

    def _role(self, place: Place) -> None:
        entry: RoleEntry = place.entry
        there = self.present.get(("role", entry.name))
        builtin = there is not None and there.builtin
        self._try(place, check_name, entry.name, path=("name",))
        if builtin and "permissions" in entry.model_fields_set:
            self._blame(place, _LOCKED, "permissions")
        self._includes(place, builtin=builtin)
        for api, names in entry.permissions.items():
            self._refer(place, "api", things.short(api), "permissions", api)
            known = self.permissions.get(things.short(api))
            for number, name in enumerate(names if known is not None else ()):
                if name not in (known or ()):
                    says = f"API {api!r} has no permission {name!r}{suggest(name, known)}"
                    self._blame(place, says, "permissions", api, number)
        self._want(place, things.wanted_role(entry, builtin=builtin), "name")

    def _includes(self, place: Place, *, builtin: bool) -> None:
        entry: RoleEntry = place.entry
        if "includes" in entry.model_fields_set:
            self._try(place, partial(check_includes, builtin=builtin), entry.name, entry.includes, path=("includes",))
        for number, role in enumerate(entry.includes):
            self._refer(place, "role", role, "includes", number)

    def _loops(self) -> None:
        """Find roles that would include themselves by way of others, which nobody sees in one entry."""
        roles = {name: thing for (kind, name), thing in {**self.present, **self.wanted}.items() if kind == "role"}
        included = {name: list(thing.fields.get("includes", ())) for name, thing in roles.items()}
        graph = Graph({name: name for name in roles}, included)
        for place in self.document.entries("roles"):
            if any(place.name in graph.chains_below(name) for name in included.get(place.name, ()) if name in roles):
                self._blame(place, INCLUDES_IN_A_LOOP % {"role": place.name}, "includes")

    def _group(self, place: Place) -> None:
        self._try(place, check_name, place.name, path=("name",))
        for number, role in enumerate(place.entry.roles):
            self._refer(place, "role", role, "roles", number)
        self._want(place, things.wanted_group(place.entry), "name")

    def _setting(self, place: Place) -> None:
        entry: SettingEntry = place.entry
        if entry.name not in CHOICES:
            self._blame(place, f"there is no such setting{suggest(entry.name, CHOICES)}", "name")
            return
        before = len(self.document.problems)
        self._try(place, stored_settings.check_open, entry.name, path=("name",))
        if len(self.document.problems) > before:
            return
        try:
            thing = things.wanted_setting(entry)
        except UnfitSettings as error:
            self._blame(place, str(error.problems.get(entry.name, error.public)), "value")
        else:
            self._want(place, thing, "name")

    def _refer(self, place: Place, kind: str, name: str, *path: str | int) -> None:
        if name not in self.known[kind]:
            word = "API" if kind == "api" else kind
            self._blame(place, f"there is no {word} {name!r}{suggest(name, self.known[kind])}", *path)

    def _client(self, place: Place) -> None:
        entry: ClientEntry = place.entry
        before = len(self.document.problems)
        self._try(place, check_client_id, entry.client_id, path=("client_id",))
        values = things.client_values(entry)
        for name, value in values.items():
            self._client_field(place, name, value, entry.type)
        if len(self.document.problems) > before:
            return
        filled = {**defaults(entry.type), **values}
        for field, sentence in contradictions(filled):
            self._blame(place, f"{field}: {sentence}", field)
        self._references(place)
        if len(self.document.problems) == before:
            self._want(place, things.wanted_client(entry), "client_id")

    def _client_field(self, place: Place, name: str, value: Any, kind: str) -> None:
        if name == "metadata_":
            for key, item in value.items():
                self._try(place, _check_more, key, item, path=("metadata", key))
        elif name in LISTS and 0 < len(value) <= 50:
            for number, item in enumerate(value):
                self._try(place, RULES[name], [item], name, kind, path=(name, number))
        else:
            self._try(place, RULES[name], value, name, kind, path=(name,))

    def _references(self, place: Place) -> None:
        """Check the names an app mentions; one that it mentions now and that leads nowhere may stay as it is."""
        entry: ClientEntry = place.entry
        there = self.present.get(("client", entry.client_id), Thing("client", entry.client_id)).fields
        scopes = set(STANDARD_SCOPES).union(*self.permissions.values())
        known = {"allowed_apis": self.known["api"], "allowed_roles": self.known["role"], "scopes": scopes}
        for field, names in known.items():
            word = {"allowed_apis": "API", "allowed_roles": "role", "scopes": "scope"}[field]
            for number, name in enumerate(getattr(entry, field) or ()):
                plain = things.short(name) if field == "allowed_apis" else name
                if plain not in names and plain not in there.get(field, ()):
                    self._blame(place, f"{field}: there is no {word} {name!r}{suggest(name, names)}", field, number)

    def _secret(self, place: Place, *, demanded: bool) -> None:
        entry: ClientEntry = place.entry
        thing = self.wanted.get(("client", entry.client_id))
        if entry.secret is None:
            return
        secret = self.read_secret(entry.secret, check_secret)
        self.secrets["client", entry.client_id] = secret
        if thing and thing.fields["token_endpoint_auth_method"] not in SECRET_METHODS:
            self._blame(place, "secret: an app that authenticates this way has no secret", "secret")
        elif says := secret.unfit or (secret.missing if demanded else ""):
            self._blame(place, f"secret: {says}", "secret")
        elif secret.value and not has_live_secret(place.name, secret.value) and len(list_secrets(place.name)) >= MOST:
            command = f"idp client secret remove {place.name} SECRET-ID"
            self._blame(place, f"secret: it has {MOST} secrets; remove one first: {command}", "secret")

    def _webhook(self, place: Place) -> None:
        entry: WebhookEntry = place.entry
        before = len(self.document.problems)
        self._try(place, webhooks.check_name, entry.name, path=("name",))
        for field, value in things.webhook_values(entry).items():
            self._try(place, webhooks.clean, {field: value}, path=(field,))
        if len(self.document.problems) == before:
            self._want(place, things.wanted_webhook(entry), "name")

    def _webhook_secret(self, place: Place, *, demanded: bool) -> None:
        entry: WebhookEntry = place.entry
        if entry.secret is None:
            return
        secret = self.read_secret(entry.secret, key_of)
        self.secrets["webhook", entry.name] = secret
        if says := secret.unfit or (secret.missing if demanded else ""):
            self._blame(place, f"secret: {says}", "secret")


def _check_more(key: str, value: Any) -> None:
    """Check a field of `metadata`; one that has a field of its own in the manifest has no place there."""
    if from_registration({key: value}).keys() != {"metadata_"}:
        raise InvalidMetadata(key, "it is a field of the app itself and does not stand in metadata")


def _short_name(place: Place) -> str:
    return things.short(place.name) if place.kind == "api" else place.name
