"""Two saved the same thing: what stands there now beside what was typed, and the choice between them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField
from wtforms.form import BaseForm

from idp.accounts.service import find_user
from idp.admin.answers import submit
from idp.admin.routes import may
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.errors import ChangedMeanwhile
from idp.core.http import render

AGAIN = "edit_again"
"""The button that leads back to the form with what was typed."""


@dataclass(frozen=True)
class Line:
    """One field: what the other one saved, and what was typed here."""

    label: Any
    theirs: str
    yours: str

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return self.theirs != self.yours


@dataclass(frozen=True)
class Edit:
    """What a form changes: how it stands now, the event of a change, and the page that shows it."""

    present: Callable[[], BaseForm]
    """Makes the form of what stands now, with its version."""
    back_url: str
    here: str
    tag: Tag
    subject: str | None = None
    hidden: Collection[str] = ()
    """Fields that the person of this request was not shown."""


def save_edit(form: BaseForm, save: Callable[[], Response], again: Callable[[int], Response], edit: Edit) -> Response:
    """Save a form; when somebody else saved first, show both values and change nothing."""
    if AGAIN in request.form:
        return again(200)
    try:
        return submit(form, save, again, let_through=(ChangedMeanwhile,))
    except ChangedMeanwhile:
        return show(form, edit)


def fill_version(form: Any, row: Any) -> None:
    """Let a form say from which version it was made, unless it was sent with one."""
    if not form.version.data:
        form.version.data = str(row.version)


def show(form: BaseForm, edit: Edit) -> Response:
    """Show what stands now beside what was typed."""
    present = edit.present()
    shown = [field for field in form if field.name in present and _is_shown(field, edit.hidden)]
    who, at = _last_change(edit)
    return render(
        "admin/conflict.html", 409, who=who, at=at, here=edit.here, back_url=edit.back_url,
        lines=[Line(field.label.text, _words(present[field.name]), _words(field)) for field in shown],
        version=present["version"].data, again=AGAIN, sent=[pair for field in shown for pair in _sent(field)],
    )  # fmt: skip


def _is_shown(field: Field, hidden: Collection[str]) -> bool:
    if isinstance(field, HiddenField) or field.name in hidden:
        return False
    # What was not sent is left as it is; only a box says no by not being sent.
    return isinstance(field, BooleanField | SelectMultipleField) or field.name in request.form


def _words(field: Field) -> str:
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, SelectMultipleField):
        return "\n".join(sorted(field.data or ()))
    if isinstance(field, SelectField):
        return next((str(one.label) for one in field.iter_choices() if one.value == field.data), str(field.data or ""))
    return "\n".join(str(field.data or "").split("\r\n"))


def _sent(field: Field) -> list[tuple[str, str]]:
    """Return what a browser would send of a field."""
    if isinstance(field, BooleanField):
        return [(field.name, "y")] if field.data else []
    values = field.data or () if isinstance(field, SelectMultipleField) else [field.data or ""]
    return [(field.name, str(value)) for value in values]


def _last_change(edit: Edit) -> tuple[str | None, datetime | None]:
    """Return who changed the thing last and when, as far as the trail goes back.

    More than the form changes a thing: an account is also turned off. Settings are no thing; they have their event.
    """
    tag = edit.tag.value if edit.subject is None else edit.tag.value.partition(".")[0] + ".*"
    found = find_events(tag=tag, subject=edit.subject, limit=1)
    if not found:
        return None, None
    kind, _sign, name = found[0].actor.partition(":")
    if kind == "user" and not may("admin.users.read"):
        return None, found[0].at
    person = find_user(name) if kind == "user" else None
    return (person.name or person.email) if person else found[0].actor, found[0].at
