"""An account turned off and on, and deleted for good."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from idp.accounts import service, states, undo
from idp.accounts.models import User
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.forms import ConfirmForm
from idp.admin.people.tabs import READ, WRITE, changeable, show, url_of
from idp.admin.routes import act, may, page
from idp.audit.tags import Tag
from idp.oauth.apps.service import list_apps
from idp.sessions import service as sessions
from idp.sessions.errors import NotPermitted


@page("/users/<user_id>/danger", WRITE)
def user_danger(user_id: str) -> Response:
    person = service.get_user(user_id)
    return show("user_danger", "danger", person, lost=_what_breaks(person))


@act("/users/<user_id>/disable", WRITE, Tag.ACCOUNT_DISABLED)
def disable_user(user_id: str) -> Response:
    was_on = changeable(user_id).state in {"active", "invited"}
    states.disable(user_id)
    way = (url_for("admin.undo_disable_user", user_id=user_id), undo.offer(Tag.ACCOUNT_DISABLED, user_id))
    return done(_("The account is turned off."), url_of("user_danger", user_id), undo=way if was_on else None)


@act("/users/<user_id>/disable/undo", WRITE, Tag.ACCOUNT_ENABLED)
def undo_disable_user(user_id: str) -> Response:
    undo.undo_disable(changeable(user_id).id, request.form.get("undo", ""))
    return done(_("The account is turned on."), url_of("user_danger", user_id))


@act("/users/<user_id>/enable", WRITE, Tag.ACCOUNT_ENABLED)
def enable_user(user_id: str) -> Response:
    states.enable(changeable(user_id).id)
    return done(_("The account is turned on."), url_of("user_danger", user_id))


@page("/users/<user_id>/delete", WRITE, sudo=True)
def ask_delete_user(user_id: str) -> Response:
    if not may(READ):
        raise NotPermitted(READ)
    return _ask_delete(service.get_user(user_id), ConfirmForm())


@act("/users/<user_id>/delete", WRITE, Tag.ACCOUNT_DELETED, sudo=True)
def delete_user(user_id: str) -> Response:
    person, form = changeable(user_id), ConfirmForm(request.form)

    def delete() -> Response:
        typed(form, person.email)
        states.delete(user_id)
        return done(_("The account is deleted."), url_for("admin.users"))

    return submit(form, delete, lambda status: _ask_delete(service.get_user(user_id), form, status))


def _what_breaks(person: User) -> list[str]:
    signed_in, apps = len(sessions.live_sessions(person.id)), len(list_apps(person.id))
    return [
        ngettext("%(num)s session ends.", "%(num)s sessions end.", signed_in),
        ngettext("%(num)s app loses access.", "%(num)s apps lose access.", apps),
    ]


def _ask_delete(person: User, form: ConfirmForm, status: int = 200) -> Response:
    lost = [*_what_breaks(person), _("Nothing of the account can be brought back.")]
    return confirm(
        form, status, title=_("Delete this account?"), consequences=lost, wanted=person.email, here="users",
        button=_("Delete the account"), back_url=url_of("user_danger", person.id),
    )  # fmt: skip
