"""The audit trail: filtered, one event whole, exported."""

import json
from typing import Any

from flask import Response, abort, request

from idp.admin.lists import SIZE, after, asked, before, paged
from idp.admin.routes import page
from idp.audit.chain import hash_event
from idp.audit.models import Event
from idp.audit.service import as_dict, find_events, record
from idp.audit.tags import Tag
from idp.core.csv_text import write_csv
from idp.core.db import db
from idp.core.http import attachment, render
from idp.core.typed import read_number, span_of

READ, EXPORT = "admin.audit.read", "admin.audit.export"
_FILTERS = ("tag", "actor", "subject", "client_id", "request_id", "since", "until")
_MOST_EXPORTED = 100_000


@page("/audit", READ)
def audit() -> Response:
    filters = asked(*_FILTERS)
    rows = find_events(
        **_query(filters), before_id=read_number(after(), 17), after_id=read_number(before(), 17), limit=SIZE + 1
    )
    return render("admin/audit/list.html", page=paged(rows, "id", filters), areas=_areas())


@page("/audit/export", EXPORT, sudo=True)
def export_audit() -> Response:
    filters = asked(*_FILTERS)
    events = [as_dict(event) for event in find_events(**_query(filters), limit=_MOST_EXPORTED)]
    record(Tag.AUDIT_EXPORTED, count=len(events), filters=sorted(filters))
    is_csv = request.args.get("format") == "csv"
    if is_csv:
        names = list(events[0]) if events else ["id", "at", "event"]
        return attachment(
            write_csv(names, ([event[name] for name in names] for event in events)), "text/csv", "audit.csv"
        )
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    return attachment(lines, "application/jsonl", "audit.jsonl")


@page("/audit/<event_id>", READ)
def event(event_id: str) -> Response:
    number = read_number(event_id, 17)
    row = db.session.get(Event, number) if number is not None else None
    if row is None:
        abort(404)
    beside = find_events(request_id=row.request_id, limit=20) if row.request_id else []
    text = json.dumps(as_dict(row), indent=2, ensure_ascii=False)
    return render(
        "admin/audit/detail.html", event=row, text=text, beside=beside, fits=_fits(row), changes=_changes(row)
    )


def _query(filters: dict[str, str]) -> dict[str, Any]:
    since, until = span_of(filters.get("since"), filters.get("until"))
    exact = ("tag", "actor", "subject", "client_id", "request_id")
    return {**{name: filters.get(name) for name in exact}, "since": since, "until": until}


def _areas() -> list[str]:
    """List the groups of events, as the filter takes them."""
    return sorted({tag.value.partition(".")[0] + ".*" for tag in Tag})


def _fits(row: Event) -> bool | None:
    """Tell whether an event says what it said when it was chained; None before it is chained."""
    if row.position is None or row.previous is None:
        return None
    return row.hash == hash_event(row, row.position, row.previous, row.personal)


def _changes(row: Event) -> list[tuple[str, Any, Any]]:
    """Return field, value before and value after, where an event tells them."""
    before, after = row.detail.get("before") or {}, row.detail.get("after") or {}
    return [(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
