"""One's own events: read, filtered, downloaded, and answered with «This wasn't me»."""

import json
from dataclasses import replace
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from idp.accounts.credentials.recovery import report
from idp.accounts.http.answers import locked
from idp.core.csv_text import write_csv
from idp.core.http import attachment, render
from idp.core.typed import read_number, span_of
from idp.portal.activity import KINDS, PAGE, Wanted, as_dict, list_lines
from idp.portal.forms import ActivityForm, choices
from idp.sessions import http as sessions

_COLUMNS = ("at", "kind", "event", "browser", "network", "app")
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
    wanted = replace(_wanted(args), before_id=None)
    events = [as_dict(line) for line in list_lines(sessions.get_person().id, wanted, _MOST_EXPORTED)]
    if file == "csv":
        text = write_csv(_COLUMNS, (event.values() for event in events))
        return attachment(text, "text/csv", "activity.csv")
    return attachment(json.dumps(events, ensure_ascii=False, indent=2) + "\n", "application/json", "activity.json")


def show_not_me() -> Response:
    """Say what «This wasn't me» does, before it is done."""
    return render("account/not_me.html", user=sessions.get_person())


def not_me() -> Response:
    """Lock the account until its password is another."""
    report(sessions.get_person().id)
    sessions.sign_out("account_disabled")
    return locked(_("Your account is locked"))


def _wanted(args: MultiDict[str, str]) -> Wanted:
    kind = args.get("kind", "")
    since, until = span_of(args.get("since"), args.get("until"))
    return Wanted(kind if kind in KINDS else "", since, until, read_number(args.get("before"), 17))
