"""The audit trail: filtered, one event whole, exported."""

import json
from typing import Any

from flask import Response, abort, request, stream_with_context, url_for

from idp.admin.audit import filters
from idp.admin.lists import after, before, paged, room
from idp.admin.routes import page
from idp.audit.chain import check_event
from idp.audit.exporting import FORMATS
from idp.audit.models import Event
from idp.audit.naming import SharedName, UnknownName
from idp.audit.service import as_dict, find_event, find_events
from idp.audit.tags import Tag
from idp.audit_files import service as audit_files
from idp.core.clock import timestamp
from idp.core.devices import describe_browser
from idp.core.http import attachment, render
from idp.core.typed import read_number

READ, EXPORT = "admin.audit.read", "admin.audit.export"
_REFRESH, _REFRESH_FOR = 10, 10 * 60
"""Seconds: how often a page that is watched is loaded again, and for how long; else a session would never rest."""


@page("/audit", READ)
def audit() -> Response:
    asked = filters.read_filters()
    rows, fault = _found(asked)
    watched = _watched_until()
    return render(
        "admin/audit/list.html", page=paged(rows, "id", asked), fault=fault, tags=list(Tag), words=filters,
        watched=watched, refresh_after=_REFRESH if watched else None, watch_until=timestamp() + _REFRESH_FOR,
    )  # fmt: skip


def _found(asked: dict[str, Any]) -> tuple[list[Event], Any]:
    """Return a page of events, or none and what is wrong with a name in the filters."""
    try:
        wanted = filters.wanted_by(filters.named(asked))
    except (UnknownName, SharedName) as error:
        return [], error.public
    return find_events(
        **wanted, before_id=read_number(after(), 17), after_id=read_number(before(), 17), limit=room()
    ), ""  # fmt: skip


def page_of_events(fixed: dict[str, Any], **address: Any) -> dict[str, Any]:
    """Return a page of the events of one thing, which `fixed` names, as its template wants it."""
    asked = {name: value for name, value in filters.read_filters().items() if name in {"tag", "since", "until"}}
    rows = find_events(
        **{**filters.wanted_by(asked), **fixed}, before_id=read_number(after(), 17),
        after_id=read_number(before(), 17), limit=room(),
    )  # fmt: skip
    return {
        "page": paged(rows, "id", asked, **address), "tags": list(Tag), "all_url": url_for("admin.audit", **fixed),
    }  # fmt: skip


@page("/audit/export", EXPORT, sudo=True)
def export_audit() -> Response:
    # What is remembered of the file names people as the trail does: no address outlives its owner there.
    asked = filters.named(filters.read_filters())
    form = "csv" if request.args.get("format") == "csv" else "jsonl"
    _file_id, parts = audit_files.begin(form, filters.events_wanted(asked), asked)
    response = Response(stream_with_context(parts))
    response.headers["Content-Type"] = f"{FORMATS[form]}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="audit.{form}"'
    return response


@page("/audit/files", EXPORT)
def list_audit_files() -> Response:
    return render("admin/audit/files.html", files=audit_files.list_files())


@page("/audit/files/<file_id>/manifest", EXPORT)
def audit_file_manifest(file_id: str) -> Response:
    return attachment(audit_files.sign_manifest(file_id) + "\n", "application/jose", f"audit-{file_id}.jws")


@page("/audit/<event_id>", READ)
def event(event_id: str) -> Response:
    number = read_number(event_id, 17)
    row = find_event(number) if number is not None else None
    if row is None:
        abort(404)
    told = as_dict(row)
    return render(
        "admin/audit/detail.html", event=row, text=json.dumps(told, indent=2, ensure_ascii=False),
        intact=check_event(row), changes=_changes(told["detail"]),
        browser=describe_browser(row.user_agent) if row.user_agent else "",
        beside=find_events(request_id=row.request_id, limit=20) if row.request_id else [],
    )  # fmt: skip


def _watched_until() -> int | None:
    """Return until when the page loads itself again, where the address asks for it."""
    asked = read_number(request.args.get("watch"), 12)
    return asked if asked and timestamp() < asked <= timestamp() + _REFRESH_FOR else None


def _changes(detail: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return field, value before and value after, where an event tells them."""
    old, new = detail.get("before") or {}, detail.get("after") or {}
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return []
    return [(name, _text(old.get(name)), _text(new.get(name))) for name in sorted({*old, *new})]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
