"""Record events in the transaction of the act, and give them back as plain data."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from idp.audit.masking import mask
from idp.audit.models import Event
from idp.audit.reading import find_event, find_events, follow_events, iterate_events, newest_id
from idp.audit.signals import event_coming, event_recorded
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, is_writing, single_statements, skip_numbers, transaction, when_undone

__all__ = [
    "as_dict", "clean", "find_event", "find_events", "follow_events", "iterate_events", "newest_id", "record",
    "record_alone", "record_refusal",
]  # fmt: skip

_INSERT = insert(Event.__table__)  # type: ignore[arg-type]


def record(
    tag: Tag,
    *,
    actor: str | None = None,
    subject: str | None = None,
    client_id: str | None = None,
    session_id: str | None = None,
    **detail: Any,
) -> None:
    """Write one event into the transaction of the act, or by itself when there is none.

    `actor` and `subject` are `kind:id`; an actor or session that is not named is the one of the present call. `detail`
    holds plain values and never a secret.
    """
    _keep(_row(tag, detail, actor=actor, subject=subject, client_id=client_id, session_id=session_id))


def record_refusal(tag: Tag, *, actor: str | None = None, subject: str | None = None, **detail: Any) -> None:
    """Write one event as `record` does; it stands even when the transaction that it ends is undone."""
    row = _row(tag, detail, actor=actor, subject=subject)
    _keep(row)
    if is_writing():
        when_undone(lambda: _keep(row))


def _keep(row: dict[str, Any]) -> None:
    if is_writing():
        _write(row)
    elif any(answer for _listener, answer in event_coming.send(None, tag=row["tag"])):
        with transaction():
            _write(row)
    else:
        with single_statements() as connection:
            connection.execute(_INSERT, row)


def record_alone(tag: Tag, *, after: int = 0, **detail: Any) -> None:
    """Write one event, with a number beyond `after`, and tell nobody who listens.

    For a database whose other tables may be of another version, or that was set back: whoever follows the trail by its
    numbers goes on with this one.
    """
    row = _row(tag, detail)
    with transaction():
        if after > newest_id():
            db.session.execute(_INSERT, {**row, "id": after + 1})
            skip_numbers(Event.__tablename__, after + 1)
        else:
            db.session.execute(_INSERT, row)


def _row(tag: Tag, detail: dict[str, Any], **named: str | None) -> dict[str, Any]:
    """Return an event as its table has it; `named` is actor, subject, client_id, session_id."""
    edge = context()
    if edge.via:
        detail.setdefault("via", edge.via)
    return {
        "at": now(),
        "tag": tag.value,
        "actor": clean(named.get("actor") or edge.actor, 120),
        "subject": clean(named.get("subject"), 120),
        "client_id": clean(named.get("client_id"), 200),
        "session_id": named.get("session_id") or edge.session_id,
        "request_id": edge.request_id,
        "ip": edge.ip,
        "user_agent": clean(edge.user_agent, 400),
        "detail": {key: _plain(value) for key, value in detail.items() if value is not None},
    }


def _write(row: dict[str, Any]) -> None:
    """Write an event into the present transaction, and tell who listens."""
    event_id = db.session.execute(_INSERT, row).inserted_primary_key[0]  # type: ignore[attr-defined]
    event_recorded.send(None, event_id=event_id, tag=row["tag"], subject=row["subject"])


def clean(value: str | None, longest: int) -> str | None:
    """Cut a text to its column and take out what could break a line or a terminal."""
    if value is None:
        return None
    return "".join(character if character.isprintable() else "\ufffd" for character in value[:longest])


def as_dict(event: Event) -> dict[str, Any]:
    """Return an event as plain data, as the command line, the API and the export give it."""
    return {
        "id": event.id,
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "event": event.tag,
        "actor": event.actor,
        "subject": event.subject,
        "client_id": event.client_id,
        "session_id": event.session_id,
        "request_id": event.request_id,
        "ip": event.ip,
        "user_agent": event.user_agent,
        "detail": mask(event.detail),
        "position": event.position,
        "hash": event.hash,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value, 500)
    if isinstance(value, set | frozenset | tuple):
        return sorted(str(item) for item in value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
