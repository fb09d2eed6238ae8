"""One's own events: read, filtered, downloaded, and answered with «This wasn't me»."""

import csv
import io
import json
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from idp.accounts.http.answers import message
from idp.accounts.recovery import report
from idp.core.http import render
from idp.portal.activity import KINDS, PAGE, Line, Wanted, as_dict, list_lines, read_day
from idp.portal.forms import ActivityForm, choices
from idp.sessions import http as sessions

_MOST_EXPORTED = 10_000


def show(args: MultiDict[str, str]) -> Response:
    """Show a page of events."""
    form = ActivityForm(args)
    form.kind.choices = choices(("", _("Everything")), *KINDS.items())
    lines = list_lines(sessions.get_person().id, _wanted(args), PAGE + 1)
    more, lines = len(lines) > PAGE, lines[:PAGE]
    asked: dict[str, Any] = {name: value for name in ("kind", "since", "until") if (value := args.get(name))}
    if asked.get("kind") not in KINDS:
        asked.pop("kind", None)
    older = url_for("portal.activity", before=lines[-1].id, **asked) if more else None
    newest = url_for("portal.activity", **asked) if args.get("before") else None
    return render(
        "account/activity.html", form=form, lines=lines, older_url=older, newest_url=newest, asked=asked,
    )  # fmt: skip


def download(args: MultiDict[str, str], file: str) -> Response:
    """Send the events that were asked for as a file."""
    wanted = _wanted(args)
    lines = list_lines(sessions.get_person().id, Wanted(wanted.kind, wanted.since, wanted.until), _MOST_EXPORTED)
    text, media = (_csv(lines), "text/csv") if file == "csv" else (_json(lines), "application/json")
    response = Response(text, mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="activity.{file}"'
    return response


def show_not_me() -> Response:
    """Say what «This wasn't me» does, before it is done."""
    return render("account/not_me.html", user=sessions.get_person())


def not_me() -> Response:
    """Lock the account until its password is another."""
    report(sessions.get_person().id)
    sessions.sign_out("account_disabled")
    text = _("You are signed out everywhere, and nobody can sign in with the old password. Choose a new one now.")
    return message(_("Your account is locked"), text, action=(url_for("accounts.forgot"), _("Choose a new password")))


def _wanted(args: MultiDict[str, str]) -> Wanted:
    kind, before = args.get("kind", ""), args.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 18
    return Wanted(
        kind if kind in KINDS else "", read_day(args.get("since")), read_day(args.get("until")),
        int(before) if is_number else None,
    )  # fmt: skip


def _json(lines: list[Line]) -> str:
    return json.dumps([as_dict(line) for line in lines], ensure_ascii=False, indent=2) + "\n"


def _csv(lines: list[Line]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["at", "kind", "event", "browser", "network", "app"])
    writer.writerows([_cell(value) for value in as_dict(line).values()] for line in lines)
    return file.getvalue()


def _cell(value: Any) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
