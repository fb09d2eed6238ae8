"""The audit trail: filtered, and one event whole."""

from typing import Any

from flask_babel import lazy_gettext as _l

from idp.api.auth import may
from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import access as schemas
from idp.api.schemas.common import Page
from idp.api.schemas.insight import Integrity, IntegrityQuery
from idp.api.schemas.queries import AuditQuery
from idp.audit import chain
from idp.audit.models import Event as Row
from idp.audit.naming import kinds_seen, read_names
from idp.audit.origin import find_origin
from idp.audit.service import as_dict, find_events, follow_events
from idp.core.db import db
from idp.core.errors import NotFound
from idp.core.typed import read_number

READ = "admin.audit.read"
_PART = 10_000
_NO_EVENT = _l("There is no such event.")


@route("GET", "/audit", READ, "List events", query=AuditQuery, answer=Page[schemas.Event])
def list_events(query: AuditQuery) -> Any:
    since, until = query.span()
    beside = read_number(query.after, 17)
    named = {"actor": query.actor, "subject": query.subject, "client_id": query.client_id}
    wanted = {
        "tag": query.event, "groups": (query.group,) if query.group else (), **read_names(named, kinds_seen(may)),
        "request_id": query.request_id, "session_id": query.session_id, "ip": query.ip, "text": query.text,
        "result": query.result, "since": since, "until": until, "limit": query.limit + 1,
    }  # fmt: skip
    # Forward in the order of the chain: an event has its moment before its transaction ends, and may be seen late.
    forward = query.order == "oldest"
    rows = follow_events(after_id=beside, **wanted) if forward else find_events(before_id=beside, **wanted)
    return page_of(Page[schemas.Event], query, rows, _told)


@route("GET", "/audit/integrity", READ, "Check that the trail is whole", query=IntegrityQuery, answer=Integrity,
       says_more="It walks over 10,000 events of the hash chain at most; go on with `after`.")  # fmt: skip
def check_integrity(query: IntegrityQuery) -> Any:
    verdict = chain.verify_part(read_number(query.after, 17) or 0, _PART)
    goes_on = verdict.intact and verdict.sealed < chain.head()[0]
    return Integrity(
        intact=verdict.intact, purged=find_origin().position, position=verdict.sealed, head=verdict.head,
        unsealed=verdict.unsealed, first_bad=verdict.first_bad, reason=verdict.reason,
        next=str(verdict.sealed) if goes_on else None,
    )  # fmt: skip


@route("GET", "/audit/<event_id>", READ, "Read an event", answer=schemas.Event)
def read_event(event_id: str) -> Any:
    number = read_number(event_id, 17)
    row = db.session.get(Row, number) if number is not None else None
    if row is None:
        raise NotFound(_NO_EVENT)
    return _told(row)


def _told(row: Row) -> schemas.Event:
    return schemas.Event.model_validate(as_dict(row))
