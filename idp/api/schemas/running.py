"""The shapes of webhooks, settings, API keys, families of tokens, and what apps were told of logouts."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from idp.api.schemas.common import Body, Id, Name, PageQuery, Short, Told

Address = Annotated[str, Field(min_length=1, max_length=2000)]
Label = Annotated[str, Field(max_length=200)]
Events = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(min_length=1, max_length=200)]
ClientId = Annotated[str, Field(max_length=200)]
SettingText = Annotated[str, Field(max_length=2000)]
SettingNumber = Annotated[int, Field(ge=-(2**31), le=2**31)]
SettingValue = bool | SettingNumber | SettingText | Annotated[list[SettingText], Field(max_length=100)]


class WebhookNew(Body):
    """A new webhook; `events` are names, areas as `role.*`, or `*`."""

    name: Name
    url: Address
    events: Events
    """Names, areas as `role.*`, or `*`."""
    label: Label = ""


class WebhookChanges(Body):
    """What changes of a webhook; what is left out stays."""

    url: Address | None = None
    events: Events | None = None
    label: Label | None = None


class Webhook(Told):
    """An address that is told of events."""

    id: str
    name: str
    label: str
    url: str
    events: list[str]
    enabled: bool
    disabled_reason: str | None
    failing_since: datetime | None
    """The first failure since the last success."""
    previous_until: datetime | None
    """Until when the secret before this one signs too."""
    created_at: datetime
    updated_at: datetime
    version: int


class WebhookDetail(Webhook):
    """A webhook, and how many deliveries are in which state."""

    deliveries: dict[str, int]
    """How many are in which state."""


class WebhookCreated(Webhook):
    """A webhook with its new secret, which is told this once."""

    secret: str


class WebhookDeliveryQuery(PageQuery):
    """Which deliveries; `event` may end with `*`."""

    state: Literal["waiting", "delivered", "failed"] | None = None
    event: Annotated[str, Field(max_length=64)] | None = None


class WebhookDelivery(Told):
    """One event for one webhook."""

    id: str
    event: str
    state: str
    attempts: int
    status: int | None
    """What the address answered."""
    milliseconds: int | None
    """How long that took."""
    error: str | None
    created_at: datetime
    tried_at: datetime | None


class SettingQuery(Body):
    """Which settings: those of a tab of the console, or only those that are not the default."""

    tab: Annotated[str, Field(max_length=40)] | None = None
    """A tab of the console."""
    changed: Literal["yes", "no"] = "no"
    """Only those that are not the default."""


class Setting(Told):
    """A setting: what it is, where that comes from, and whether it can be changed here."""

    name: str
    tab: str
    says: str
    value: Any
    """Of a secret always null."""
    default: Any
    origin: str
    """`default`, file and line, the name of a variable, or `database`."""
    is_set: bool
    editable: bool
    version: int


class SettingChange(Body):
    """What a setting shall be; a time is a text as `15m`, or seconds."""

    value: SettingValue


class MailLine(Told):
    """One line of a conversation with the mail server, without what is secret in it."""

    by: Literal["us", "server", "note"]
    text: str
    milliseconds: int
    """Since the conversation began."""


class MailTrial(Told):
    """How an attempt to send a mail at once went."""

    to: str
    server: str
    """Host and port; nothing where no mail server is set."""
    sent: bool
    outcome: str
    """`sent`, `no_server`, `name`, `connection_refused`, `certificate`, `authentication`, `sender`, ..."""
    says: str
    advice: str
    lines: list[MailLine]


class ApiKeyQuery(PageQuery):
    """Whose keys: one's own without `admin.settings.read`."""

    user_id: Id | None = None


class ApiKeyNew(Body):
    """A new key of the caller's own; it can do no more than the key that makes it, and ends no later."""

    label: Annotated[str, Field(min_length=1, max_length=120)]
    permissions: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=120)]], Field(min_length=1, max_length=50)
    ]
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class ApiKey(Told):
    """A key, without its value."""

    id: str
    user_id: str
    label: str
    last4: str
    """The last four characters of its value."""
    permissions: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiKeyCreated(ApiKey):
    """A new key; its value is told this once."""

    key: str


class GrantQuery(PageQuery):
    """Which families of refresh tokens."""

    user_id: Id | None = None
    client_id: ClientId | None = None
    state: Literal["live", "revoked", "reused"] | None = None


class Grant(Told):
    """What a person allowed an app at one sign-in, and the family of refresh tokens that came of it."""

    id: str
    user_id: str
    client_id: str
    session_id: str | None
    scope: str
    offline: bool
    """Whether the app goes on while the person is away."""
    created_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None
    rotations: int
    """How often a refresh token was used."""
    used_at: datetime | None
    live: bool
    """Whether a token is still good."""
    reused: bool
    """Whether one was used twice, which ended all."""


class Ending(Told):
    """The work of ending every session."""

    id: str
    state: str
    total: int
    """How many sessions there were."""
    done: int
    """How many have ended."""


class LogoutQuery(PageQuery):
    """Which deliveries."""

    client_id: ClientId | None = None
    state: Literal["waiting", "delivered", "dead"] | None = None


class LogoutDelivery(Told):
    """What an app was told, or shall be told, of the end of a session."""

    id: str
    client_id: Short
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    last_error: str | None


class ConnectedApp(Told):
    """An app a person allowed, or uses."""

    client_id: str
    client_name: str
    scopes: list[str]
    claims: list[str]
    """Claims it was allowed by name."""
    allowed_at: datetime
    used_at: datetime | None
    offline: bool
