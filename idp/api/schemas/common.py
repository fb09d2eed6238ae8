"""The shapes of what goes in and out; what is not named here is refused, or never told."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")
Id = Annotated[str, Field(max_length=26)]
Short = Annotated[str, Field(max_length=120)]
PersonName = Annotated[str, Field(max_length=100)]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}$")]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Text = Annotated[str, Field(max_length=2000)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=2000)]], Field(max_length=50)]
Contacts = Annotated[list[Annotated[str, Field(min_length=1, max_length=254)]], Field(max_length=10)]
Lifetime = Annotated[int, Field(ge=60, le=86_400)]


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError("digits are wanted")
    return value


Digits = BeforeValidator(_digits)


class Body(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Told(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


class Page(Told, Generic[T]):
    """A page of a list, and what `after` is for the next one."""

    items: list[T]
    next: str | None = None
    """What `after` is for the next page."""


class PageQuery(Body):
    """Which page of a list."""

    after: Annotated[str, Field(max_length=400)] = ""
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=100), Digits] = 50
    """How many there are on a page."""


class Address(Body):
    """A postal address, in the parts of the address claim."""

    formatted: Text | None = None
    street_address: Text | None = None
    locality: Short | None = None
    region: Short | None = None
    postal_code: Short | None = None
    country: Short | None = None


class Profile(Body):
    """What an account tells of its person; null takes a value away."""

    name: PersonName | None = None
    username: Annotated[str, Field(max_length=32)] | None = None
    given_name: PersonName | None = None
    family_name: PersonName | None = None
    middle_name: PersonName | None = None
    nickname: PersonName | None = None
    profile: Annotated[str, Field(max_length=500)] | None = None
    website: Annotated[str, Field(max_length=500)] | None = None
    gender: Annotated[str, Field(max_length=50)] | None = None
    birthdate: Annotated[str, Field(max_length=10)] | None = None
    zoneinfo: Annotated[str, Field(max_length=50)] | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None
    phone_number: Annotated[str, Field(max_length=32)] | None = None
    address: Address | None = None


ExternalId = Annotated[str, Field(max_length=120)]


class UserInvite(Profile):
    """Somebody new: an invitation goes to their address."""

    email: Email
    external_id: ExternalId | None = None
    """What another system calls the person, such as a personnel number; nobody else has it."""
    roles: Annotated[list[Name], Field(max_length=20)] = []
    mail: bool = True
    """Whether the invitation is mailed; without it somebody hands over a link, from `/users/{user_id}/reset-link`."""


class UserChanges(Profile):
    """What changes of an account; what is left out stays."""

    email: Email | None = None
    external_id: ExternalId | None = None
    """What another system calls the person; null takes it away."""


class User(Told):
    """A person and their account."""

    id: str
    email: str
    email_verified: bool
    external_id: str | None
    """What another system calls the person, such as a personnel number."""
    state: str
    locked: bool
    """Whether the account is locked; its state stays what it was."""
    deletion_due_at: datetime | None
    """When an account that is being deleted goes for good."""
    name: str
    username: str | None
    given_name: str | None
    family_name: str | None
    middle_name: str | None
    nickname: str | None
    profile: str | None
    picture: str | None
    website: str | None
    gender: str | None
    birthdate: str | None
    zoneinfo: str | None
    locale: str | None
    phone_number: str | None
    phone_number_verified: bool | None
    address: dict[str, str] | None
    has_password: bool
    created_at: datetime
    updated_at: datetime
    version: int


class UserDeletion(Body):
    """How a person is deleted."""

    at_once: Literal["yes", "no"] = "no"
    """For good now, as for a request of erasure, and not after the time in which it can be undone."""


class UserDetail(User):
    """A person with what they hold and may do here, and until when wrong passwords pause their sign-in."""

    roles: list[str]
    groups: list[str]
    permissions: list[str]
    sign_in_paused_until: datetime | None


class UserRole(Told):
    """That a person has a role, themselves or not any more."""

    user_id: str
    role: str


class Reason(Body):
    """Why something is done; it is kept in the trail and mailed to the person."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ResetLink(Told):
    """A link to a new password, shown this once."""

    link: str
    expires_at: datetime


class SignedOut(Told):
    """How many sessions ended."""

    ended: int


class ClientFields(Body):
    """What an app is; see the command `idp client add` for what each means."""

    redirect_uris: Texts | None = None
    post_logout_redirect_uris: Texts | None = None
    grant_types: Texts | None = None
    token_endpoint_auth_method: Short | None = None
    scopes: Annotated[list[Short], Field(max_length=200)] | None = None
    """The scopes it may ask for."""
    allowed_roles: Texts | None = None
    """The roles whose holders may sign in with it; empty means everyone."""
    allowed_apis: Texts | None = None
    """The identifiers of the APIs it may ask tokens for, or introspects for."""
    jwks: dict[str, Any] | None = None
    """Its public keys, where it proves itself by signing."""
    jwks_uri: Text | None = None
    require_pkce: bool | None = None
    first_party: bool | None = None
    """Whether it is ours: nobody is asked to allow it."""
    require_second_step: bool | None = None
    default_max_age: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """Seconds after which a sign-in is too old for it."""
    require_auth_time: bool | None = None
    access_lifetime: Lifetime | None = None
    """Seconds; null is the lifetime of the house."""
    client_uri: Text | None = None
    logo_uri: Text | None = None
    policy_uri: Text | None = None
    tos_uri: Text | None = None
    contacts: Contacts | None = None
    initiate_login_uri: Text | None = None
    backchannel_logout_uri: Text | None = None
    backchannel_logout_session_required: bool | None = None


class ClientNew(ClientFields):
    """A new app."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    type: Literal["web", "spa", "native", "machine", "device", "api"] = "web"


class ClientChanges(ClientFields):
    """What changes of an app; what is left out stays, null takes a value away."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None


class Client(Told):
    """An app."""

    id: str
    name: str
    type: str
    enabled: bool
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    grant_types: list[str]
    response_types: list[str]
    token_endpoint_auth_method: str
    scopes: list[str]
    allowed_roles: list[str]
    allowed_apis: list[str]
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    require_pkce: bool
    first_party: bool
    require_second_step: bool
    default_max_age: int | None
    require_auth_time: bool
    access_lifetime: int | None
    client_uri: str | None
    logo_uri: str | None
    """What the app registered; no page of ours loads it."""
    logo: str | None
    """Address of the logo that people see, kept by this server."""
    policy_uri: str | None
    tos_uri: str | None
    contacts: list[str]
    initiate_login_uri: str | None
    backchannel_logout_uri: str | None
    backchannel_logout_session_required: bool
    created_at: datetime
    updated_at: datetime
    version: int


class ClientCreated(Client):
    """A new app; its secret is told this once."""

    client_secret: str | None
