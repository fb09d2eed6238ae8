"""The audit trail: filtered, and one event whole."""

from typing import Any

from flask_babel import lazy_gettext as _l

from idp.api import schemas_access as schemas
from idp.api.auth import may
from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import Page
from idp.api.schemas_queries import AuditQuery
from idp.audit.models import Event as Row
from idp.audit.naming import kinds_seen, read_names
from idp.audit.service import as_dict, find_events
from idp.core.db import db
from idp.core.errors import NotFound
from idp.core.typed import read_number, span_of

READ = "admin.audit.read"
_NO_EVENT = _l("There is no such event.")


@route("GET", "/audit", READ, "List events, the newest first", query=AuditQuery, answer=Page[schemas.Event])
def list_events(query: AuditQuery) -> Any:
    since, until = span_of(*(day.isoformat() if day else None for day in (query.since, query.until)))
    named = {"actor": query.actor, "subject": query.subject, "client_id": query.client_id}
    rows = find_events(
        tag=query.event, **read_names(named, kinds_seen(may)), request_id=query.request_id,
        session_id=query.session_id, ip=query.ip, result=query.result, text=query.text, since=since,
        until=until,
        before_id=read_number(query.after, 17), limit=query.limit + 1,
    )  # fmt: skip
    return page_of(Page[schemas.Event], query, rows, _told)


@route("GET", "/audit/<event_id>", READ, "Read an event", answer=schemas.Event)
def read_event(event_id: str) -> Any:
    number = read_number(event_id, 17)
    row = db.session.get(Row, number) if number is not None else None
    if row is None:
        raise NotFound(_NO_EVENT)
    return _told(row)


def _told(row: Row) -> schemas.Event:
    return schemas.Event.model_validate(as_dict(row))
