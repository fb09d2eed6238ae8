"""The shapes of roles, groups, APIs, sessions, keys and events."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from idp.access.names import ICONS
from idp.api.schemas.common import Body, Lifetime, Name, Short, Told

Title = Annotated[str, Field(max_length=200)]
Titles = Annotated[dict[Annotated[str, Field(min_length=2, max_length=10)], Title], Field(max_length=20)]
Icon = Annotated[str, Field(json_schema_extra={"enum": list(ICONS)})]
Description = Annotated[str, Field(max_length=1000)]
RoleNames = Annotated[list[Name], Field(max_length=50)]
Identifier = Annotated[str, Field(min_length=3, max_length=400)]


class RoleNew(Body):
    """A new role."""

    name: Name
    title: Title = ""
    description: Description = ""
    require_second_step: bool = False
    includes: RoleNames = Field(default_factory=list)
    """The names of roles whose permissions its holders have, too."""


class RoleChanges(Body):
    """What changes of a role; what is left out stays."""

    title: Title | None = None
    description: Description | None = None
    require_second_step: bool | None = None
    includes: RoleNames | None = None
    """The names of all roles that it shall include; an empty list includes none."""


class PermissionOfRole(Told):
    """A permission that a role holds."""

    api: str
    """The identifier of its API."""
    permission: str


class PermissionAllowed(PermissionOfRole):
    """A permission that a role allows, and where it comes from."""

    through: list[str]
    """Where a role that it includes holds the permission: the roles on the way to that one, which is the last."""
    comes_with: str | None
    """The permission that includes this one, where the role holds that one."""


class Role(Told):
    """A role."""

    id: str
    name: str
    title: str
    description: str
    builtin: bool
    require_second_step: bool
    includes: list[str]
    """The names of the roles that it includes itself: who has it has what these allow."""
    created_at: datetime
    version: int


class RoleDetail(Role):
    """A role with its permissions."""

    permissions: list[PermissionOfRole]
    """What it holds itself."""
    allows: list[PermissionAllowed]
    """All that its holders may do by it."""


class GroupNew(Body):
    """A new group."""

    name: Name
    title: Title = ""


class GroupChanges(Body):
    """What changes of a group."""

    title: Title


class Group(Told):
    """A group of people."""

    id: str
    name: str
    title: str
    created_at: datetime
    version: int


class GroupDetail(Group):
    """A group with its roles."""

    roles: list[str]


class Member(Told):
    """A person in a group."""

    id: str
    email: str
    name: str


class Membership(Told):
    """That a person is in a group."""

    user_id: str
    group: str


class ApiNew(Body):
    """A new API."""

    identifier: Identifier
    """The audience of its tokens, an address."""
    name: Short = ""
    access_token_lifetime: Lifetime | None = None
    """Seconds; null is the lifetime of the house."""


class ApiChanges(Body):
    """What changes of an API; what is left out stays, null gives its tokens the house's lifetime."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    access_token_lifetime: Lifetime | None = None


class PermissionNew(Body):
    """A new permission of an API."""

    name: Name
    title: Title = ""
    description: Description = ""
    titles: Titles = Field(default_factory=dict)
    """What consent says in other languages, by their codes."""
    icon: Icon = ICONS[0]
    """What stands beside it on the consent page."""


class PermissionChanges(Body):
    """What people read of a permission."""

    title: Title
    description: Description
    titles: Titles | None = None
    """All that consent says in other languages, by their codes; what is left out stays."""
    icon: Icon | None = None
    """What stands beside it on the consent page; what is left out stays."""


class Permission(Told):
    """A permission of an API."""

    id: str
    name: str
    title: str
    """What consent says where there is nothing in a person's language."""
    titles: dict[str, str]
    """What consent says in other languages, by their codes."""
    icon: Icon
    """What stands beside it on the consent page."""
    description: str
    version: int


class Api(Told):
    """An API: the audience of access tokens."""

    id: str
    identifier: str
    """The audience of its tokens, an address."""
    name: str
    access_token_lifetime: int | None
    """Seconds; null is the lifetime of the house."""
    created_at: datetime
    version: int


class ApiDetail(Api):
    """An API with its permissions."""

    permissions: list[Permission]


class Session(Told):
    """A person signed in on a browser."""

    id: str
    user_id: str
    amr: list[str]
    """How the person proved who they are (RFC 8176)."""
    acr: str
    """The class of that sign-in."""
    auth_time: datetime
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    remember: bool
    """Whether it outlives the closing of the browser."""
    ip: str | None
    user_agent: str | None
    risky: bool
    """Whether it began in a network new to the person, after failed tries in the day before."""
    network: str | None
    """The network it began in: 24 bits of IPv4, 48 of IPv6."""
    failed_before: int
    """How many tries had failed, where it is risky."""


class Key(Told):
    """A signing key, without its private half."""

    kid: str
    """Its id, in the header of what it signs."""
    alg: str
    state: str
    """`next`, `active`, `verify_only` or `retired`."""
    public_jwk: dict[str, Any]
    created_at: datetime
    """When it was made or imported, and published: apps that keep our keys longer may not know it yet."""
    promote_at: datetime | None
    """When a next key begins to sign."""
    activated_at: datetime | None
    retire_at: datetime | None
    """When a key that only verifies stops being published."""
    retired_at: datetime | None
    tokens_since: datetime | None
    """Since when there can be tokens that it signed here and that are good; null where there are none."""
    tokens_until: datetime | None
    """When the last such token is dead at the latest; tokens are not stored, so nobody counts them."""


class KeyImport(Body):
    """A key that was made elsewhere."""

    pem: str = Field(max_length=16 * 1024, json_schema_extra={"writeOnly": True})
    """A private key, or with `verify_only` a public one: PKCS #8, PKCS #1 or SEC 1, in PEM."""
    password: str | None = Field(None, max_length=1024, json_schema_extra={"writeOnly": True})
    """What opens it, where it is encrypted."""
    alg: str | None = Field(None, max_length=16)
    """What it signs with; else the usual algorithm of such a key."""
    kid: str | None = Field(None, max_length=64)
    """The id it had elsewhere; else the thumbprint of the key (RFC 7638)."""
    verify_only: bool = False
    """Whether it signs nothing here, and is published for what it signed elsewhere."""
    days: int | None = Field(None, ge=1, le=400)
    """How long one that only verifies is published; else as long as our own."""


class KeyRetirement(Body):
    """How a key is retired."""

    at_once: bool = False
    """Even while tokens of it may be alive; they are refused then."""


class Event(Told):
    """One event of the audit trail."""

    id: int
    at: datetime
    event: str
    actor: str | None
    """Who did it, as `kind:id`."""
    subject: str | None
    """Whom or what it is about, as `kind:id`."""
    client_id: str | None
    session_id: str | None
    request_id: str | None
    ip: str | None
    user_agent: str | None
    detail: dict[str, Any]
    """What else there is to say."""
    position: int | None
    """Its place in the hash chain; null while it is not sealed."""
    hash: str | None
    """What the chain holds of it."""
