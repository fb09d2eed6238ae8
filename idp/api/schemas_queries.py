"""What the lists of people, apps, sessions and events can be asked for, by the names that the console uses."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from idp.api.schemas import PageQuery


class UserQuery(PageQuery):
    """Which people: the start of an address, a name or a user name; and the state of their account."""

    search: Annotated[str, Field(max_length=200)] = ""
    state: Literal["active", "disabled", "invited", "deleting"] | None = None


class AuditQuery(PageQuery):
    """Which events; `event` may end with `*`, days are in UTC, `after` is the id of the last one seen.

    `actor` and `subject` are as the trail says them (`user:01J…`), or an address, a user name, or an app's name or id;
    `client_id` may be an app's name. A name that fits nobody, or more than one, answers 422. `text` is looked for in
    the detail of the 10000 newest events, of any kind, that the rest means.
    """

    after: Annotated[str, Field(pattern=r"^([0-9]{1,17})?$")] = ""
    event: Annotated[str, Field(max_length=64)] | None = None
    actor: Annotated[str, Field(max_length=120)] | None = None
    subject: Annotated[str, Field(max_length=120)] | None = None
    client_id: Annotated[str, Field(max_length=200)] | None = None
    request_id: Annotated[str, Field(max_length=64)] | None = None
    session_id: Annotated[str, Field(max_length=26)] | None = None
    ip: Annotated[str, Field(max_length=64)] | None = None
    text: Annotated[str, Field(max_length=200)] | None = None
    result: Literal["ok", "failed"] | None = None
    since: date | None = None
    until: date | None = None
