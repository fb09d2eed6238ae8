"""The second step among one's own account pages."""

from flask import Response, url_for
from flask_babel import gettext as _

from idp.accounts.models import User
from idp.authn import recovery_codes
from idp.authn.acr import acr_of, in_full
from idp.authn.enrol import pending, service
from idp.authn.enrol.forms import AppForm, SavedForm
from idp.authn.enrol.http import parts
from idp.authn.enrol.pending import Enrolment
from idp.authn.errors import NotEnrolled
from idp.authn.http.shared import submit
from idp.core.db import transaction
from idp.core.http import flash, render, see_other
from idp.sessions import http as sessions
from idp.sessions import interactions
from idp.sessions.errors import InteractionExpired
from idp.sessions.models import Interaction


def begin_app() -> Response:
    """Begin to set up an app."""
    return see_other(url_for("enrol.app", flow=_start().id))


def begin_codes() -> Response:
    """Begin to make new recovery codes; raise NotEnrolled when nothing they could stand in for is there."""
    if not service.may_have_codes(sessions.get_person()):
        raise NotEnrolled
    return see_other(url_for("enrol.codes", flow=_start().id))


def show_app(flow: str) -> Response:
    """Show the picture and the key."""
    return _app_page(_enter(flow), AppForm())


def answer_app(flow: str, form: AppForm) -> Response:
    """Take the app's code: with recovery codes at hand the app is on, otherwise they come first."""
    interaction = _enter(flow)
    pending.get(interaction)
    return submit(form, lambda: _prove(interaction, form), lambda status: _app_page(interaction, form, status))


def show_codes(flow: str) -> Response:
    """Show new recovery codes."""
    return _codes_page(_enter_codes(flow), SavedForm())


def answer_codes(flow: str, form: SavedForm) -> Response:
    """Take the code that was asked back, and turn on what waits."""
    interaction = _enter_codes(flow)
    return submit(form, lambda: _saved(interaction, form), lambda status: _codes_page(interaction, form, status))


def remove_app() -> Response:
    """Take the app away."""
    person, session = sessions.get_person(), sessions.get_session()
    with transaction():
        service.remove_app(person.id, keep_session_id=session.id)
        sessions.rotate_current()
    flash("success", _("Your authenticator app was removed."))
    return see_other(url_for("enrol.security"))


def _start() -> Interaction:
    return interactions.start(return_to=url_for("enrol.security"), user_id=sessions.get_person().id)


def _enter(flow: str) -> Interaction:
    interaction = sessions.enter(flow)
    if interaction.user_id != sessions.get_person().id or interaction.client_id is not None:
        raise InteractionExpired
    return interaction


def _enter_codes(flow: str) -> Interaction:
    """Come to the codes only with an app that has proved itself, or with a second step that is on already."""
    interaction = _enter(flow)
    waiting = pending.find(interaction)
    if not (waiting and waiting.is_proved) and not service.may_have_codes(sessions.get_person()):
        raise InteractionExpired
    return interaction


def _prove(interaction: Interaction, form: AppForm) -> Response:
    waiting = parts.prove_app(interaction, form)
    if recovery_codes.is_enrolled(sessions.get_person().id):
        return _turn_on(interaction, waiting)
    return see_other(url_for("enrol.codes", flow=interaction.id))


def _saved(interaction: Interaction, form: SavedForm) -> Response:
    return _turn_on(interaction, parts.check_saved(interaction, form))


def _turn_on(interaction: Interaction, waiting: Enrolment) -> Response:
    person, session = sessions.get_person(), sessions.get_session()
    with transaction():
        if not interactions.finish(interaction.id):
            raise InteractionExpired
        service.turn_on(person.id, waiting, keep_session_id=session.id)
        methods = in_full([*session.amr, "otp"]) if waiting.is_proved else list(session.amr)
        sessions.rotate_current(amr=methods, acr=acr_of(methods))
    flash("success", _says(waiting))
    return see_other(url_for("enrol.security"))


def _says(waiting: Enrolment) -> str:
    if waiting.is_proved:
        return _("Your authenticator app is set up. Signing in takes its code from now on.")
    return _("Your new recovery codes are good from now on. The old ones are not.")


def _app_page(interaction: Interaction, form: AppForm, status: int = 200) -> Response:
    person: User = sessions.get_person()
    values = parts.app_values(person, pending.begin_app(interaction), form)
    return render("account/authenticator.html", status, cancel_url=url_for("enrol.security"), **values)


def _codes_page(interaction: Interaction, form: SavedForm, status: int = 200) -> Response:
    values = parts.codes_values(interaction, pending.begin_codes(interaction), form)
    return render("account/recovery_codes.html", status, cancel_url=url_for("enrol.security"), **values)
