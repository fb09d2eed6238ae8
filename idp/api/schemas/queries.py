"""What the lists of people, apps, sessions and events can be asked for, by the names that the console uses."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from idp.api.schemas.common import PageQuery
from idp.core.typed import read_day, span_of

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


def _day_or_moment(value: Any) -> Any:
    """Read a day or a moment, which is in UTC unless it says otherwise; a number is neither."""
    if not isinstance(value, str):
        return value
    if (day := read_day(value)) is not None:
        return day
    if not _MOMENT.fullmatch(value):
        raise ValueError("a day as 2026-12-31, or a moment as 2026-12-31T23:59:00Z is wanted")
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("there is no such moment") from error


When = Annotated[date | datetime, BeforeValidator(_day_or_moment)]


class SpanQuery(PageQuery):
    """Of what time."""

    since: When | None = None
    """From this day or moment on; in UTC where it names no zone."""
    until: When | None = None
    """Up to the end of this day, or before this moment."""

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment, and the first one that is too late."""
        days = [None if isinstance(one, datetime | None) else one.isoformat() for one in (self.since, self.until)]
        begin, end = span_of(*days)
        return (
            self.since if isinstance(self.since, datetime) else begin,
            self.until if isinstance(self.until, datetime) else end,
        )


class UserQuery(SpanQuery):
    """Which people."""

    search: Annotated[str, Field(max_length=200)] = ""
    """The start of an address, a name, a user name or an external id."""
    external_id: Annotated[str, Field(max_length=120)] = ""
    """Who has exactly this external id."""
    state: Literal["active", "unverified", "locked", "disabled", "invited", "deleting"] | None = None
    role: Annotated[str, Field(max_length=120)] = ""
    """Those who have this role: directly, by a group, or by a role that includes it."""
    second_step: Literal["yes", "no"] | None = None
    """Whether they have a second step."""


class ClientQuery(PageQuery):
    """Which apps."""

    search: Annotated[str, Field(max_length=200)] = ""
    """The start of a name or an id."""
    type: Literal["web", "spa", "native", "machine", "device", "api"] | None = None
    state: Literal["on", "off"] | None = None
    unused: Literal["yes", "no"] = "no"
    """Only those that nobody used for 90 days."""


class SessionQuery(PageQuery):
    """Which sessions."""

    person: Annotated[str, Field(max_length=254)] | None = None
    """An id, an address or a user name."""
    client: Annotated[str, Field(max_length=200)] | None = None
    """The id of an app that was granted something in it."""
    risk: Literal["yes", "no"] = "no"
    """Only those that began in a network new to the person after failed tries."""


class AuditQuery(SpanQuery):
    """Which events. A name that fits nobody, or more than one, answers 422."""

    after: Annotated[str, Field(pattern=r"^([0-9]{1,17})?$")] = ""
    """The id of the last one seen."""
    order: Literal["newest", "oldest"] = "newest"
    """`oldest` reads forward in the order of the hash chain, which an event joins a second after it is written: with
    `after` set to the last one seen nothing is passed by, however late it was written."""
    event: Annotated[str, Field(max_length=64)] | None = None
    """A name, or the beginning of some with `*` at its end."""
    group: Literal["sign-in", "security", "people", "apps", "tokens", "roles", "keys", "mail", "house"] | None = None
    actor: Annotated[str, Field(max_length=120)] | None = None
    """Who did it: as `kind:id`, or an address, a user name, or an app's name or id."""
    subject: Annotated[str, Field(max_length=120)] | None = None
    """Whom or what it is about, named likewise."""
    client_id: Annotated[str, Field(max_length=200)] | None = None
    """An app, by its id or its name."""
    request_id: Annotated[str, Field(max_length=64)] | None = None
    session_id: Annotated[str, Field(max_length=26)] | None = None
    ip: Annotated[str, Field(max_length=64)] | None = None
    text: Annotated[str, Field(max_length=200)] | None = None
    """What the detail says, in the 10000 newest events, of any kind, that the rest means."""
    result: Literal["ok", "failed"] | None = None
    """What was done, or what was refused or went wrong."""
