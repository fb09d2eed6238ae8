"""The ways in which a person signs in, and how they are helped back in."""

from flask import Response, request
from flask_babel import gettext as _

from idp.accounts import service
from idp.accounts.credentials import recovery
from idp.accounts.lifecycle import registration, states
from idp.accounts.models import User
from idp.admin.answers import done, submit
from idp.admin.once import once
from idp.admin.people.forms import ReasonForm
from idp.admin.people.tabs import HELP, READ, WRITE, changeable, finished, show, url_of
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.authn import policy, recovery_codes, totp, trusted
from idp.authn.enrol import service as factors
from idp.authn.passkeys.stored import list_passkeys
from idp.sessions.http import get_person


@page("/users/<user_id>/methods", READ)
def user_methods(user_id: str) -> Response:
    return _show(service.get_user(user_id), ReasonForm())


def _show(person: User, form: ReasonForm, status: int = 200, *, link: str | None = None) -> Response:
    return show(
        "user_methods", "methods", person, status, form=form, link=link,
        authenticator=totp.find_authenticator(person.id),
        passkeys=list_passkeys(person.id), codes_left=recovery_codes.count_left(person.id),
        trusted_browsers=trusted.count(person.id),
        is_required=policy.requires_second_step(person),
    )  # fmt: skip


@act("/users/<user_id>/reset", HELP, Tag.PASSWORD_RESET_REQUESTED)
def mail_reset(user_id: str) -> Response:
    person = changeable(user_id)
    recovery.send_reset(person)
    return finished(person, _("A link to a new password is on its way."), "user_methods")


@act("/users/<user_id>/reset/link", WRITE, Tag.PASSWORD_RESET_REQUESTED, sudo=True)
def show_reset_link(user_id: str) -> Response:
    def show() -> Response:
        issued = recovery.show_reset(changeable(user_id))
        return _show(service.get_user(user_id), ReasonForm(), link=recovery.address_of(issued))

    return once(url_of("user_methods", user_id), show)


@act("/users/<user_id>/unlock", HELP, Tag.ACCOUNT_UNLOCKED)
def unlock_user(user_id: str) -> Response:
    states.unlock(changeable(user_id).id)
    return done(_("The account is unlocked."), url_of("user_methods", user_id))


@act("/users/<user_id>/invite-again", HELP, Tag.ACCOUNT_INVITED)
def invite_again(user_id: str) -> Response:
    user = registration.invite_again(changeable(user_id).id, invited_by=get_person().id)
    return finished(user, _("An invitation is on its way to %(address)s.", address=user.email), "user")


@act("/users/<user_id>/second-step/remove", WRITE, Tag.SECOND_STEP_REMOVED, sudo=True)
def remove_second_step(user_id: str) -> Response:
    person, form = changeable(user_id), ReasonForm(request.form)

    def take() -> Response:
        factors.reset(person.id, reason=form.reason.data or "")
        return done(_("Authenticator app, codes and passkeys were taken away."), url_of("user_methods", user_id))

    return submit(form, take, lambda status: _show(service.get_user(user_id), form, status))
