"""The form of a manifest: which sections there are, and which fields stand in them.

What a field may hold is judged by the slices that keep it; here stands only of what kind it is.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from idp.access.names import ICONS
from idp.clients.types import AUTH_METHODS, GRANT_TYPES
from idp.operate.managed import OWN_API

Names = list[str]


class Entry(BaseModel):
    """One thing of the manifest; nothing is accepted that is not known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PermissionEntry(Entry):
    """Something an API lets people and programs do."""

    name: str = Field(description="Its name, a scope that apps can ask for.")
    title: str = Field("", description="What the consent page says.")
    titles: dict[str, str] = Field({}, description="What it says in other languages, by their codes.")
    description: str = ""
    icon: str = Field(ICONS[0], description="What stands beside it there.", json_schema_extra={"enum": list(ICONS)})


class ApiEntry(Entry):
    """An API: the audience of access tokens."""

    identifier: str = Field(description=f"Its absolute address; `{OWN_API}` is our own.")
    name: str = Field("", description="What people read; else the identifier.")
    access_token_lifetime: int | None = Field(None, description="Seconds, 60 to 86400; else the server's default.")
    permissions: list[PermissionEntry] = []


class RoleEntry(Entry):
    """A role and what it allows."""

    name: str
    title: str = ""
    description: str = ""
    require_second_step: bool = Field(False, description="Its holders sign in with two steps.")
    permissions: dict[str, Names] = Field({}, description="The names of permissions, by API.")
    includes: Names = Field([], description="Roles whose permissions its holders have, too.")


class GroupEntry(Entry):
    """A group and the roles it brings; its people are not in the manifest."""

    name: str
    title: str = ""
    roles: Names = []


class SecretSource(Entry):
    """Where a secret is read when the manifest is applied: it never stands in the file itself."""

    env: str | None = Field(None, description="The name of an environment variable.")
    file: str | None = Field(None, description="The path of a file.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "SecretSource":
        if (self.env is None) is (self.file is None):
            raise ValueError("give either env or file")
        return self


class ClientEntry(Entry):
    """An app; what is left out is as its type begins."""

    client_id: str
    name: str = Field(description="What people read on the consent page.")
    type: Literal["web", "spa", "native", "machine", "device", "api"] = "web"
    enabled: bool = True
    redirect_uris: Names | None = None
    post_logout_redirect_uris: Names | None = None
    grant_types: list[Annotated[str, Field(json_schema_extra={"enum": [*GRANT_TYPES, "device_code"]})]] | None = None
    token_endpoint_auth_method: str | None = Field(None, json_schema_extra={"enum": list(AUTH_METHODS)})
    scopes: Names | None = Field(None, description="The scopes it may ask for.")
    allowed_apis: Names | None = Field(None, description="The APIs it may ask tokens for.")
    allowed_roles: Names | None = Field(None, description="Only people with such a role sign in; else everyone.")
    jwks: dict[str, Any] | None = Field(None, description="Its public keys, a JWK Set.")
    jwks_uri: str | None = None
    require_pkce: bool | None = None
    first_party: bool | None = Field(None, description="Ours: people are not asked for consent.")
    require_second_step: bool | None = None
    require_auth_time: bool | None = None
    default_max_age: int | None = None
    access_lifetime: int | None = None
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    metadata: dict[str, Any] = Field({}, description="More of RFC 7591: contacts, client_name#fr and such.")
    secret: SecretSource | None = Field(None, description="Where its secret is read.")


class SettingEntry(Entry):
    """A setting that is kept in the database."""

    name: str = Field(description="Its dotted name, such as `tokens.access`.")
    value: bool | int | str | Names = Field(description="As idp.toml would have it.")


class WebhookEntry(Entry):
    """An address that is told of events."""

    name: str
    label: str = ""
    url: str = Field(description="Where events are posted to.")
    events: Names = Field(description="Names of events, areas as `role.*`, or `*`.")
    enabled: bool = True
    secret: SecretSource | None = Field(None, description="Where its secret is read; else one is made.")


class Manifest(Entry):
    """The APIs, roles, groups, apps, webhooks and settings of a server."""

    apis: list[ApiEntry] = []
    roles: list[RoleEntry] = []
    groups: list[GroupEntry] = []
    clients: list[ClientEntry] = []
    settings: list[SettingEntry] = []
    webhooks: list[WebhookEntry] = []


SECTIONS: dict[str, tuple[str, type[Entry], str]] = {
    "apis": ("api", ApiEntry, "identifier"),
    "roles": ("role", RoleEntry, "name"),
    "groups": ("group", GroupEntry, "name"),
    "clients": ("client", ClientEntry, "client_id"),
    "settings": ("setting", SettingEntry, "name"),
    "webhooks": ("webhook", WebhookEntry, "name"),
}
"""Of each section: the kind of thing in it, its form, and the field that names the thing."""


def json_schema() -> dict[str, Any]:
    """Describe the manifest for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Manifest.model_json_schema()
