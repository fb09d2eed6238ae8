"""People: listed and invited."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access import catalogue
from idp.access.people import roles_of_people
from idp.accounts.lifecycle import registration
from idp.accounts.listing import STATES, Wanted, count_people, find_people
from idp.accounts.models import User
from idp.admin.answers import done, submit
from idp.admin.lists import MOST_COUNTED, after, asked, before, paged, room
from idp.admin.people.forms import InviteForm
from idp.admin.people.tabs import FILTERS, READ, WRITE
from idp.admin.routes import act, ask_who_it_is, may, page
from idp.audit.tags import Tag
from idp.core.http import render
from idp.core.typed import span_of
from idp.sessions import http
from idp.sessions.pages import last_seen


@dataclass(frozen=True)
class Line:
    """One person in the list."""

    id: str
    user: User
    roles: list[str]
    seen_at: datetime | None


@page("/users", READ)
def users() -> Response:
    filters = asked(*FILTERS)
    wanted = wanted_of(filters)
    people = find_people(wanted)
    ids = [person.id for person in people]
    roles, seen = roles_of_people(ids), last_seen(ids)
    lines = [Line(person.id, person, roles.get(person.id, []), seen.get(person.id)) for person in people]
    sort = filters.get("sort", "created")
    shown = paged(lines, "id", filters, total=count_people(wanted, MOST_COUNTED))
    return render("admin/people/list.html", page=shown, all_roles=role_names(), sort=sort)


@page("/users/new", WRITE)
def new_user() -> Response:
    return _new(InviteForm(role_names()))


@act("/users/new", WRITE, Tag.ACCOUNT_INVITED)
def invite_user() -> Response:
    form = InviteForm(role_names(), request.form)

    def send() -> Response:
        roles = tuple(form.role.data or ())
        # To give a role asks who it is, here too.
        if roles and (question := ask_who_it_is()):
            return question
        by = http.get_person().id
        user = registration.invite(
            form.email.data, name=form.name.data or "", roles=roles, invited_by=by, external_id=form.external_id.data,
            mail=not form.no_mail.data,
        )  # fmt: skip
        if form.no_mail.data:
            return done(
                _("The account is there, and nothing was mailed."), url_for("admin.user_methods", user_id=user.id)
            )
        says = _("An invitation is on its way to %(address)s.", address=user.email)
        return done(says, url_for("admin.user", user_id=user.id))

    return submit(form, send, lambda status: _new(form, status))


def role_names() -> list[str]:
    """List the names of all roles."""
    return [role.name for role in catalogue.list_roles()]


def wanted_of(filters: dict[str, str]) -> Wanted:
    """Read the filters; what is none of them filters nothing."""
    state, sort = filters.get("state", ""), filters.get("sort", "")
    since, until = span_of(filters.get("since"), filters.get("until"))
    return Wanted(
        search=filters.get("search", ""), state=state if state in STATES else "", role=filters.get("role", ""),
        second_step={"yes": True, "no": False}.get(filters.get("second_step", "")), since=since, until=until,
        sort=sort.removeprefix("-"), descending=sort.startswith("-"), after=after(), before=before(), limit=room(),
    )  # fmt: skip


def _new(form: InviteForm, status: int = 200) -> Response:
    return render("admin/people/new.html", status, form=form, may_give=may("admin.roles.write"))
