"""The sections of the settings: every value with its bounds, its default and the sentence that says what it does."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from idp.core.configuration.sources import parse_duration, parse_switch

Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Switch = Annotated[bool, BeforeValidator(parse_switch)]


SHORTEST_RETENTION = timedelta(days=30)
"""No event is purged sooner: neither a slip nor somebody who has just broken in takes away what happened lately."""


def _check_retention(value: timedelta) -> timedelta:
    if value and value < SHORTEST_RETENTION:
        raise ValueError("use 30 days at least, or 0 to keep events for good")
    return value


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Brand(Section):
    name: str = Field("Acme ID", max_length=60)
    """The name people see on every page and in every mail."""
    accent: str = ""
    """Colour of links and buttons, like #2b55cf, dark enough to read; dark pages lighten it. Empty means blue."""
    support_email: str = ""
    """Where people who are stuck can write; empty hides the line."""
    support_url: str = ""
    """Address of a page with help, linked in the footer instead of the mail address."""
    privacy_url: str = ""
    """Address of the privacy notice, linked in the footer."""
    terms_url: str = ""
    """Address of the terms; when set, people accept them at registration."""
    terms_version: str = Field("", max_length=40)
    """Version or date of the terms; whoever accepted another one is asked again at the next sign-in."""
    imprint_url: str = ""
    """Address of the page that says who runs this service, linked in the footer."""


class Database(Section):
    url: str = ""
    """SQLAlchemy address; empty means SQLite in the state folder (`sqlite:///<state_dir>/idp.db`)."""
    pool_size: int = Field(8, ge=1, le=200)
    """Connections each worker keeps open (PostgreSQL)."""
    statement_timeout: Duration = timedelta(seconds=5)
    """The longest a statement may run before it is given up (PostgreSQL)."""


class Redis(Section):
    url: str | None = None
    """Address of a Redis for the coarse per-address limits; without it each process counts alone."""


class Mail(Section):
    url: str = "outbox:"
    """`smtp://user:password@host:587`, `smtps://host:465`, or `outbox:` (development: mails appear at /dev/mail)."""
    sender: str = "Acme ID <no-reply@localhost>"
    """The From line of every mail."""


class Proxy(Section):
    hops: int = Field(0, ge=0, le=5)
    """How many trusted proxies stand in front; 0 ignores every X-Forwarded header."""


class Accounts(Section):
    registration: Literal["open", "invitation", "closed"] = "open"
    """Who may create an account."""
    verify_lifetime: Duration = timedelta(hours=24)
    """How long a confirmation link works."""
    reset_lifetime: Duration = timedelta(minutes=30)
    """How long a password-reset link works."""
    invite_lifetime: Duration = timedelta(days=7)
    """How long an invitation works."""
    email_sign_in: Switch = True
    """Whether people may sign in by a code or a link in a mail instead of a password."""
    email_sign_in_lifetime: Duration = timedelta(minutes=10)
    """How long that code and that link work."""
    deletion_delay: Duration = timedelta(days=14)
    """How long the deletion of an account can be undone by its owner."""
    admin_deletion_delay: Duration = timedelta(days=7)
    """How long an administrator's deletion of an account can be undone, by an administrator."""
    editable: tuple[str, ...] = ("given_name", "family_name")
    """Profile fields that people edit themselves, besides name, user name and picture."""
    require_name: Switch = False
    """Whether everybody tells a name before the first sign-in goes on."""
    offer_passkeys: Switch = False
    """Whether people who sign in with a password are asked if they want a passkey; who does not is left alone."""
    offer_passkeys_every: Duration = timedelta(days=14)
    """How long «Not now» holds before a passkey is offered again."""


class Passwords(Section):
    algorithm: Literal["bcrypt", "argon2id"] = "bcrypt"
    """The hash of new passwords; older hashes are renewed at the next sign-in."""
    bcrypt_cost: int = Field(12, ge=4, le=16)
    """The bcrypt cost, a power of two of work."""
    minimum_length: int = Field(15, ge=8, le=128)
    """The shortest password of an account that has no second step, in characters (SP 800-63B-4 §3.1.1.2)."""
    minimum_length_with_second_step: int = Field(8, ge=8, le=128)
    """The shortest password of an account with a second step, in characters."""
    maximum_bytes: int = Field(1024, ge=256, le=4096)
    """The longest password taken, in bytes."""
    workers: int = Field(2, ge=1, le=64)
    """How many passwords one process hashes at a time."""


class SecondStep(Section):
    required: Literal["nobody", "everyone"] = "nobody"
    """Who must have a second step, beside the roles and apps that ask for it by themselves."""
    allow_trust: Switch = True
    """Whether people may let a browser go without the second step for a while."""
    trust: Duration = timedelta(days=30)
    """How long a trusted browser goes without the second step."""


class Sessions(Section):
    idle: Duration = timedelta(minutes=30)
    """A session without activity ends after this."""
    absolute: Duration = timedelta(hours=24)
    """A session ends after this at the latest."""
    allow_remember: Switch = True
    """Whether people may stay signed in on a device."""
    remember: Duration = timedelta(days=30)
    """A remembered session ends after this, idle or not."""
    several_accounts: Switch = True
    """Whether one browser may be signed in to several accounts."""
    sudo: Duration = timedelta(minutes=5)
    """How recent a sign-in must be for a dangerous act."""
    interaction_lifetime: Duration = timedelta(hours=1)
    """How long a begun sign-in to an app may take."""


class Admin(Section):
    require_second_step: Literal["always", "production", "never"] = "production"
    """When the admin console is open to people who signed in with two steps only."""
    sudo: Duration = timedelta(minutes=10)
    """How recent a sign-in must be for the dangerous acts of the admin console."""
    idle: Duration = timedelta(minutes=15)
    """The console asks who it is after this long without a visit to it; the rest of the session goes on."""


class Tokens(Section):
    code: Duration = timedelta(seconds=60)
    """Life of an authorization code."""
    access: Duration = timedelta(minutes=10)
    """Life of an access token."""
    identity: Duration = timedelta(minutes=10)
    """Life of an ID token."""
    refresh_idle: Duration = timedelta(days=30)
    """A refresh token not used for this long stops working."""
    refresh_absolute: Duration = timedelta(days=90)
    """A line of refresh tokens ends after this, used or not."""
    device_code: Duration = timedelta(minutes=10)
    """How long the code that a device shows can be typed."""
    clock_skew: Duration = timedelta(seconds=30)
    """How far a client's clock may be off in the assertions it signs."""


class Keys(Section):
    rotate_every: Duration = timedelta(days=90)
    """How long a signing key signs."""
    publish_ahead: Duration = timedelta(days=7)
    """How long the next key is published before it signs."""


class Audit(Section):
    retention: Annotated[Duration, AfterValidator(_check_retention)] = timedelta(0)
    """How long events of the audit trail are kept, 30 days at least; 0 keeps them for good."""


class Development(Section):
    clock_file: Path | None = None
    """Development only: a file with the seconds by which the clock runs ahead."""
    fetch_loopback: Switch = False
    """Development only: whether a client's `jwks_uri` may be an address of this machine, and http."""
