"""What all sign-in pages share: forms shown again, values carried along, the session opened."""

from collections.abc import Callable
from typing import Any

from flask import Response, url_for
from wtforms import Form

from idp.accounts.http.pages import await_confirmation
from idp.accounts.models import User
from idp.authn import flow, password
from idp.authn.flow import VERIFY_EMAIL
from idp.authn.forms import PasswordForm
from idp.authn.proof import Proof, check_still_holds
from idp.authn.request import Visit
from idp.core.db import transaction
from idp.core.errors import DomainError
from idp.core.http import see_other
from idp.sessions import http as sessions


def submit(form: Form, act: Callable[[], Response], again: Callable[[int], Response]) -> Response:
    """Do what a form asks; show it again with what was wrong in it."""
    if not form.validate():
        return again(422)
    try:
        return act()
    except DomainError as error:
        if error.field in form:
            form[error.field].errors = [*form[error.field].errors, error.public]
        else:
            form.form_errors.append(error.public)
        response = again(error.status)
        if wait := getattr(error, "retry_after", None):
            response.headers["Retry-After"] = str(wait)
        return response


def carried(visit: Visit) -> dict[str, Any]:
    """Return what every page of a visit shows or carries in its form."""
    interaction = visit.interaction
    return {
        "flow": visit.flow,
        "next": visit.next,
        "switch": visit.switch,
        "client_name": interaction.client_name if interaction else None,
        "client_host": interaction.client_host if interaction else None,
    }


def advance(visit: Visit, proof: Proof) -> Response:
    """Do the next step that is due, or open the session when none is."""
    step = flow.next_step(proof)
    if step is None:
        return _complete(visit, proof)
    waiting = flow.wait_for_step(proof, visit.interaction, visit.destination)
    if step is VERIFY_EMAIL:
        return await_confirmation(proof.user, waiting.id)
    return see_other(url_for(step.endpoint, step=step.name, flow=waiting.id))


def prove_again(user: User, visit: Visit, form: PasswordForm) -> None:
    """Check the password of the person who is signed in, and renew their session."""
    proof = password.verify_again(user, form.password.data)
    with transaction():
        check_still_holds(proof)
        session = sessions.sign_in(user, amr=list(proof.amr), acr=proof.acr, remember=None, auth_time=proof.proved_at)
        flow.record_reauthentication(user, session, visit.interaction)


def _complete(visit: Visit, proof: Proof) -> Response:
    with transaction():
        check_still_holds(proof)
        session = sessions.sign_in(
            proof.user, amr=list(proof.amr), acr=proof.acr, remember=proof.remember, auth_time=proof.proved_at
        )
        flow.record_sign_in(proof, session, visit.interaction)
    return see_other(visit.destination)
