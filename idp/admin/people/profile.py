"""A person at a glance, and their profile changed."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from idp.access import service as access
from idp.accounts import service
from idp.accounts.http.answers import read_version
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.admin.answers import done
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.people.forms import PersonForm
from idp.admin.people.tabs import AUDIT, READ, WRITE, changeable, show, url_of
from idp.admin.routes import act, ask_who_it_is, may, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.http import attachment
from idp.portal.export import hand_out
from idp.sessions.pages import last_seen


@page("/users/<user_id>", READ)
def user(user_id: str) -> Response:
    person = service.get_user(user_id)
    return show(
        "user", "detail", person, groups=access.group_names(person.id), roles=access.role_names(person.id),
        seen_at=last_seen([person.id]).get(person.id),
        events=find_events(subject=f"user:{person.id}", limit=5) if may(AUDIT) else [],
    )  # fmt: skip


@page("/users/<user_id>/edit", WRITE)
def edit_user(user_id: str) -> Response:
    person = service.get_user(user_id)
    return _edit(person, PersonForm(obj=person))


@act("/users/<user_id>/edit", WRITE, Tag.ACCOUNT_EDITED)
def save_user(user_id: str) -> Response:
    person, form = changeable(user_id), PersonForm(request.form)

    def save() -> Response:
        values: dict[str, Any] = {"name": form.name.data, "username": form.username.data}
        if form.external_id.name in request.form:
            values["external_id"] = form.external_id.data
        if form.email.data != person.email:
            # Who reads the mails of an account has it.
            if question := ask_who_it_is():
                return question
            values["email"] = form.email.data
        service.edit_user(user_id, expected_version=read_version(form.version.data), **values)
        return done(_("The account was saved."), url_of("user", user_id))

    edit = Edit(lambda: PersonForm(obj=service.get_user(user_id)), url_of("user", user_id), "users",
                Tag.ACCOUNT_EDITED, f"user:{user_id}")  # fmt: skip
    return save_edit(form, save, lambda status: _edit(service.get_user(user_id), form, status), edit)


@act("/users/<user_id>/verify", WRITE, Tag.EMAIL_VERIFIED, sudo=True)
def verify_user(user_id: str) -> Response:
    states.mark_verified(changeable(user_id).id)
    return done(_("The address counts as confirmed."), url_of("user", user_id))


@act("/users/<user_id>/data", WRITE, Tag.DATA_EXPORTED, sudo=True)
def download_data(user_id: str) -> Response:
    return attachment(hand_out(changeable(user_id).id), "application/json", "account.json")


def _edit(person: User, form: PersonForm, status: int = 200) -> Response:
    fill_version(form, person)
    return show("user", "edit", person, status, form=form)
