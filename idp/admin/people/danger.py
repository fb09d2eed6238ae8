"""An account turned off and on, deleted with a while to keep it, or at once."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.accounts import service
from idp.accounts.email import links
from idp.accounts.lifecycle import deletion, states, undo
from idp.accounts.lifecycle.losing import lost_with_account, waits_with_account
from idp.accounts.models import User
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.people.forms import DeletionForm
from idp.admin.people.tabs import READ, WRITE, changeable, finished, show, url_of
from idp.admin.routes import act, may, page
from idp.audit.tags import Tag
from idp.sessions.errors import NotPermitted


@page("/users/<user_id>/danger", WRITE)
def user_danger(user_id: str) -> Response:
    person = service.get_user(user_id)
    return show("user_danger", "danger", person, lost=_lost(person))


@act("/users/<user_id>/disable", WRITE, Tag.ACCOUNT_DISABLED)
def disable_user(user_id: str) -> Response:
    person = changeable(user_id)
    was_on = states.disable(person.id)
    way = (url_for("admin.undo_disable_user", user_id=user_id), undo.offer(Tag.ACCOUNT_DISABLED, user_id))
    return finished(person, _("The account is turned off."), "user_danger", undo=way if was_on else None)


@act("/users/<user_id>/disable/undo", WRITE, Tag.ACCOUNT_ENABLED)
def undo_disable_user(user_id: str) -> Response:
    undo.undo_disable(changeable(user_id).id, request.form.get("undo", ""))
    return done(_("The account is turned on."), url_of("user_danger", user_id))


@act("/users/<user_id>/enable", WRITE, Tag.ACCOUNT_ENABLED)
def enable_user(user_id: str) -> Response:
    person = changeable(user_id)
    states.enable(person.id)
    return finished(person, _("The account is turned on."), "user_danger")


@page("/users/<user_id>/delete", WRITE, sudo=True)
def ask_delete_user(user_id: str) -> Response:
    if not may(READ):
        raise NotPermitted(READ)
    return _ask_delete(service.get_user(user_id), DeletionForm())


@act("/users/<user_id>/delete", WRITE, Tag.ACCOUNT_DELETION_STARTED, sudo=True)
def delete_user(user_id: str) -> Response:
    """Begin the end of an account; ticked to be at once, the event is that it is deleted."""
    person, form = changeable(user_id), DeletionForm(request.form)

    def delete() -> Response:
        typed(form, person.email)
        if form.at_once.data:
            deletion.delete_at_once(user_id)
            return done(_("The account is deleted."), url_for("admin.users"))
        deletion.begin_by_admin(user_id)
        return done(_("The account is closed and will be deleted."), url_of("user", user_id))

    return submit(form, delete, lambda status: _ask_delete(service.get_user(user_id), form, status))


@act("/users/<user_id>/keep", WRITE, Tag.ACCOUNT_DELETION_UNDONE)
def keep_user(user_id: str) -> Response:
    person = changeable(user_id)
    deletion.keep(person.id)
    return finished(person, _("The account stays."), "user")


def _lost(person: User) -> list[str]:
    return [*lost_with_account(person.id), *waits_with_account()]


def _ask_delete(person: User, form: DeletionForm, status: int = 200) -> Response:
    if person.state == "deleting":
        # What the person began can become the house's: their link to undo it then stops working.
        form.at_once.data = not links.has_link(person.id, links.UNDELETE)
    return confirm(
        form, status, title=_("Delete this account?"), consequences=_lost(person),
        wanted=person.email, here="users", button=_("Delete the account"), box=form.at_once,
        box_hint=_("For a request of erasure. Nothing of the account can be brought back."),
        back_url=url_of("user_danger", person.id),
    )  # fmt: skip
