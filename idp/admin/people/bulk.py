"""One deed for several people: chosen in the list, shown once more, done."""

import csv

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from idp.access import assignments
from idp.access.guards.level import check_may_act_on
from idp.accounts import service
from idp.accounts.errors import UnknownUser
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.admin.answers import about, done
from idp.admin.routes import act, preview
from idp.audit.tags import Tag
from idp.core.db import transaction
from idp.core.http import render

_MOST = 500
_HEADINGS = {"email", "e-mail", "username", "id"}


def chosen() -> list[User]:
    """Return the people ticked in a list; raise UnknownUser when one of them is nobody."""
    ids = list(dict.fromkeys(request.form.getlist("user")))[:_MOST]
    found = service.find_named(ids)
    if len(found) < len(ids):
        raise UnknownUser
    return [found[user_id] for user_id in ids]


@preview("/users/bulk", "admin.users.read")
def review_bulk() -> Response:
    """Show whom a deed would touch: people ticked in the list, or named on lines that were pasted."""
    deed = request.form.get("deed")
    role = request.form.get("role", "")[:120] if deed == "role" else ""
    names = _pasted()
    if len(names) > _MOST:
        return render("admin/people/bulk.html", 422, people=[], deed=deed, role=role, unknown=[], most=_MOST)
    found = service.find_named(names)
    people = {person.id: person for person in [*chosen(), *(found[name] for name in names if name in found)]}
    unknown = [name for name in names if name not in found]
    return render(
        "admin/people/bulk.html", people=list(people.values()), deed=deed, role=role, unknown=unknown, most=None
    )


@act("/users/bulk/disable", "admin.users.write", Tag.ACCOUNT_DISABLED)
def disable_users() -> Response:
    people, count = chosen(), 0
    with transaction():
        for person in people:
            with about(person.email):
                check_may_act_on(person.id)
                # Who is being deleted is shut out as it is: nothing to hold up the others for.
                count += person.state != "deleting" and states.disable(person.id)
    return done(ngettext("%(num)s account is turned off.", "%(num)s accounts are turned off.", count),
                url_for("admin.users"))  # fmt: skip


@act("/users/bulk/role", "admin.roles.write", Tag.ROLE_GRANTED, sudo=True)
def give_role_to_users() -> Response:
    people, role = chosen(), request.form.get("role", "")[:120]
    with transaction():
        for person in people:
            with about(person.email):
                assignments.grant_role(person.id, role)
    return done(_("The role was given."), url_for("admin.users"))


def _pasted() -> list[str]:
    """Read whom lines name: one a line, or the first column of a CSV, whose heading is no name."""
    lines = request.form.get("lines", "").splitlines()
    # Tables are written with what the country puts between columns.
    between = next((sign for sign in (",", ";", "\t") if lines and sign in lines[0]), ",")
    try:
        rows = list(csv.reader(lines, delimiter=between))
    except csv.Error:  # a quote that is never closed
        return []
    names = dict.fromkeys(row[0].strip() for row in rows if row)
    return [name for name in names if name and name.lower() not in _HEADINGS]
