"""People: found, looked at, invited, changed, turned off and on, helped back in, deleted."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access import assignments, catalogue
from idp.access import service as access
from idp.access.level import check_may_act_on
from idp.accounts import recovery, registration, service, states, undo
from idp.accounts.http.answers import read_version
from idp.accounts.listing import STATES, Wanted, find_people
from idp.accounts.models import User
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.conflicts import Edit, save_edit
from idp.admin.forms import ConfirmForm
from idp.admin.lists import SIZE, after, asked, before, paged
from idp.admin.people.forms import InviteForm, PersonForm, RoleForm
from idp.admin.routes import act, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.authn.enrol import service as factors
from idp.authn.factors import list_ways
from idp.core.http import render
from idp.oauth.apps.service import list_apps
from idp.sessions import http
from idp.sessions import service as sessions
from idp.sessions.pages import list_rows

READ, WRITE, REVOKE = "admin.users.read", "admin.users.write", "admin.sessions.revoke"


@page("/users", READ)
def users() -> Response:
    filters = asked("search", "state", "role", "second_step", "sort")
    rows = find_people(_wanted(filters))
    page = paged(rows, "id", filters)
    return render("admin/people/list.html", page=page, all_roles=_roles(), sort=filters.get("sort", "created"))


@page("/users/new", WRITE)
def new_user() -> Response:
    return _new(InviteForm(_roles()))


@act("/users/new", WRITE, Tag.ACCOUNT_INVITED)
def invite_user() -> Response:
    form = InviteForm(_roles(), request.form)

    def send() -> Response:
        roles = (form.role.data,) if form.role.data else ()
        user = registration.invite(form.email.data, name=form.name.data or "", roles=roles, invited_by=_own_id())
        return done(_("An invitation is on its way to %(address)s.", address=user.email), _url(user.id))

    return submit(form, send, lambda status: _new(form, status))


@page("/users/<user_id>", READ)
def user(user_id: str) -> Response:
    person = service.get_user(user_id)
    return render(
        "admin/people/detail.html", user=person, roles=access.role_names(person.id), all_roles=_roles(),
        groups=access.group_names(person.id), permissions=sorted(access.permission_names(person.id)),
        ways=list_ways(person.id),
        sessions=list_rows(person.id, None), apps=list_apps(person.id),
        events=find_events(subject=f"user:{person.id}", limit=5),
    )  # fmt: skip


@page("/users/<user_id>/edit", WRITE)
def edit_user(user_id: str) -> Response:
    person = service.get_user(user_id)
    return _edit(person, PersonForm(obj=person))


@act("/users/<user_id>/edit", WRITE, Tag.ACCOUNT_EDITED)
def save_user(user_id: str) -> Response:
    person, form = _changeable(user_id), PersonForm(request.form)

    def save() -> Response:
        values: dict[str, Any] = {"name": form.name.data, "username": form.username.data}
        if form.email.data != person.email:
            values["email"] = form.email.data
        service.edit_user(user_id, expected_version=read_version(form.version.data), **values)
        return done(_("The account was saved."), _url(user_id))

    present = lambda: PersonForm(obj=service.get_user(user_id))  # noqa: E731
    edit = Edit(present, _url(user_id), "users", Tag.ACCOUNT_EDITED, f"user:{user_id}")
    return save_edit(form, save, lambda status: _edit(service.get_user(user_id), form, status), edit)


@act("/users/<user_id>/disable", WRITE, Tag.ACCOUNT_DISABLED)
def disable_user(user_id: str) -> Response:
    was_active = _changeable(user_id).state == "active"
    states.disable(user_id)
    way = (url_for("admin.undo_disable_user", user_id=user_id), undo.offer(Tag.ACCOUNT_DISABLED, user_id))
    return done(_("The account is turned off."), _url(user_id), undo=way if was_active else None)


@act("/users/<user_id>/disable/undo", WRITE, Tag.ACCOUNT_ENABLED)
def undo_disable_user(user_id: str) -> Response:
    undo.undo_disable(_changeable(user_id).id, request.form.get("undo", ""))
    return done(_("The account is turned on."), _url(user_id))


@act("/users/<user_id>/verify", WRITE, Tag.EMAIL_VERIFIED, sudo=True)
def verify_user(user_id: str) -> Response:
    states.mark_verified(_changeable(user_id).id)
    return done(_("The address counts as confirmed."), _url(user_id))


@act("/users/<user_id>/enable", WRITE, Tag.ACCOUNT_ENABLED)
def enable_user(user_id: str) -> Response:
    states.enable(_changeable(user_id).id)
    return done(_("The account is turned on."), _url(user_id))


@act("/users/<user_id>/unlock", WRITE, Tag.ACCOUNT_UNLOCKED)
def unlock_user(user_id: str) -> Response:
    states.unlock(_changeable(user_id).id)
    return done(_("The account is unlocked."), _url(user_id))


@act("/users/<user_id>/reset", WRITE, Tag.PASSWORD_RESET_REQUESTED)
def mail_reset(user_id: str) -> Response:
    recovery.send_reset(_changeable(user_id))
    return done(_("A link to a new password is on its way."), _url(user_id))


@act("/users/<user_id>/sign-out", REVOKE, Tag.SESSIONS_REVOKED)
def sign_out_user(user_id: str) -> Response:
    sessions.revoke_by_admin(_changeable(user_id).id)
    return done(_("Signed out everywhere."), _url(user_id))


@act("/users/<user_id>/second-step/remove", WRITE, Tag.SECOND_STEP_REMOVED, sudo=True)
def remove_second_step(user_id: str) -> Response:
    factors.reset(_changeable(user_id).id)
    return done(_("Authenticator app, codes and passkeys were taken away."), _url(user_id))


@act("/users/<user_id>/roles", "admin.roles.write", Tag.ROLE_GRANTED)
def give_role(user_id: str) -> Response:
    form = RoleForm(request.form)
    assignments.grant_role(service.get_user(user_id).id, form.role.data or "")
    return done(_("The role was given."), _url(user_id))


@act("/users/<user_id>/roles/<role>/remove", "admin.roles.write", Tag.ROLE_REVOKED)
def take_role(user_id: str, role: str) -> Response:
    taken = assignments.revoke_role(service.get_user(user_id).id, role)
    way = (url_for("admin.undo_take_role", user_id=user_id), undo.offer(Tag.ROLE_REVOKED, user_id, role=role))
    return done(_("The role was taken away."), _url(user_id), undo=way if taken else None)


@act("/users/<user_id>/roles/undo", "admin.roles.write", Tag.ROLE_GRANTED)
def undo_take_role(user_id: str) -> Response:
    undo.undo_role(service.get_user(user_id).id, request.form.get("undo", ""))
    return done(_("The role was given."), _url(user_id))


@page("/users/<user_id>/delete", WRITE, sudo=True)
def ask_delete_user(user_id: str) -> Response:
    return _ask_delete(service.get_user(user_id), ConfirmForm())


@act("/users/<user_id>/delete", WRITE, Tag.ACCOUNT_DELETED, sudo=True)
def delete_user(user_id: str) -> Response:
    person, form = _changeable(user_id), ConfirmForm(request.form)

    def delete() -> Response:
        typed(form, person.email)
        states.delete(user_id)
        return done(_("The account is deleted."), url_for("admin.users"))

    return submit(form, delete, lambda status: _ask_delete(service.get_user(user_id), form, status))


def _wanted(filters: dict[str, str]) -> Wanted:
    """Read the filters; what is none of them filters nothing."""
    state, sort = filters.get("state", ""), filters.get("sort", "")
    return Wanted(
        search=filters.get("search", ""), state=state if state in STATES else "", role=filters.get("role", ""),
        second_step={"yes": True, "no": False}.get(filters.get("second_step", "")),
        sort=sort.removeprefix("-"), descending=sort.startswith("-"), after=after(), before=before(), limit=SIZE + 1,
    )  # fmt: skip


def _changeable(user_id: str) -> User:
    """Return a person whom the operator may change: nobody who may do more than they."""
    person = service.get_user(user_id)
    check_may_act_on(user_id)
    return person


def _new(form: InviteForm, status: int = 200) -> Response:
    return render("admin/people/new.html", status, form=form)


def _edit(person: User, form: PersonForm, status: int = 200) -> Response:
    if not form.version.data:
        form.version.data = str(person.version)
    return render("admin/people/edit.html", status, form=form, user=person)


def _ask_delete(person: User, form: ConfirmForm, status: int = 200) -> Response:
    lost = [
        _("%(count)s sessions end.", count=len(sessions.live_sessions(person.id))),
        _("%(count)s apps lose access.", count=len(list_apps(person.id))),
        _("Nothing of the account can be brought back."),
    ]
    return confirm(
        form, status, title=_("Delete this account?"), consequences=lost, wanted=person.email, here="users",
        button=_("Delete the account"), back_url=_url(person.id),
    )  # fmt: skip


def _roles() -> list[str]:
    return [role.name for role in catalogue.list_roles()]


def _own_id() -> str:
    return http.get_person().id


def _url(user_id: str) -> str:
    return url_for("admin.user", user_id=user_id)
