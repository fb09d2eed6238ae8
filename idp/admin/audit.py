"""The audit trail: filtered, one event whole, exported."""

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Response, abort, request
from sqlalchemy import select

from idp.admin.lists import SIZE, asked, paged
from idp.admin.routes import page
from idp.audit.chain import hash_event
from idp.audit.models import Event
from idp.audit.service import as_dict, find_events, record
from idp.audit.tags import Tag
from idp.core.db import db
from idp.core.http import render
from idp.portal.activity import read_day

READ, EXPORT = "admin.audit.read", "admin.audit.export"
_FILTERS = ("tag", "actor", "subject", "client_id", "request_id", "since", "until")
_MOST_EXPORTED = 100_000


@page("/audit", READ)
def audit() -> Response:
    filters, after = asked(*_FILTERS), request.args.get("after", "")
    before_id = int(after) if after.isdecimal() and len(after) < 18 else None
    rows = find_events(**_query(filters), before_id=before_id, limit=SIZE + 1)
    return render("admin/audit.html", page=paged(rows, "id", filters), areas=_areas())


@page("/audit/export", EXPORT, sudo=True)
def export_audit() -> Response:
    filters = asked(*_FILTERS)
    events = [as_dict(event) for event in find_events(**_query(filters), limit=_MOST_EXPORTED)]
    record(Tag.AUDIT_EXPORTED, count=len(events), filters=sorted(filters))
    is_csv = request.args.get("format") == "csv"
    response = Response(
        _csv(events) if is_csv else _lines(events), mimetype="text/csv" if is_csv else "application/jsonl"
    )
    name = "audit.csv" if is_csv else "audit.jsonl"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page("/audit/<int:event_id>", READ)
def event(event_id: int) -> Response:
    row = db.session.execute(select(Event).where(Event.id == event_id)).scalar()
    if row is None:
        abort(404)
    beside = find_events(request_id=row.request_id, limit=20) if row.request_id else []
    text = json.dumps(as_dict(row), indent=2, ensure_ascii=False)
    return render("admin/event.html", event=row, text=text, beside=beside, fits=_fits(row), changes=_changes(row))


def _query(filters: dict[str, str]) -> dict[str, Any]:
    since, until = read_day(filters.get("since")), read_day(filters.get("until"))
    return {
        "tag": filters.get("tag"), "actor": filters.get("actor"), "subject": filters.get("subject"),
        "client_id": filters.get("client_id"), "request_id": filters.get("request_id"),
        "since": datetime.combine(since, time.min, UTC) if since else None,
        "until": datetime.combine(until, time.min, UTC) + timedelta(days=1) if until else None,
    }  # fmt: skip


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


def _lines(events: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)


def _csv(events: list[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    names = list(events[0]) if events else ["id", "at", "event"]
    writer.writerow(names)
    writer.writerows([_cell(event[name]) for name in names] for event in events)
    return file.getvalue()


def _cell(value: Any) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    text = json.dumps(value) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
