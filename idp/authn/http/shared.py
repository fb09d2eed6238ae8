"""What all sign-in pages share: forms shown again, values carried along, the session opened."""

from collections.abc import Callable
from typing import Any

from flask import Response, url_for
from flask_babel import format_timedelta
from wtforms import Form

from idp.accounts.http.pages import await_confirmation
from idp.authn import flow, trusted
from idp.authn.acr import TWO_FACTORS
from idp.authn.flow import VERIFY_EMAIL, SignIn
from idp.authn.proof import Proof, check_still_holds
from idp.authn.request import Visit
from idp.clients.lookup import find_client
from idp.core.db import transaction
from idp.core.errors import DomainError
from idp.core.http import see_other
from idp.core.settings import settings
from idp.sessions import http as sessions


def submit(
    form: Form,
    act: Callable[[], Response],
    again: Callable[[int], Response],
    *,
    let_through: tuple[type[DomainError], ...] = (),
) -> Response:
    """Do what a form asks; show it again with what was wrong in it, but for errors that have a page of their own."""
    if not form.validate():
        return again(422)
    try:
        return act()
    except let_through:
        raise
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
    client = find_client(interaction.client_id) if interaction and interaction.client_id else None
    return {
        "flow": visit.flow,
        "next": visit.next,
        "switch": visit.switch,
        "client_name": interaction.client_name if interaction else None,
        "client_host": interaction.client_host if interaction else None,
        "client_logo": client.logo if client and interaction and not interaction.client_host else None,
    }


def remember_words() -> str | None:
    """Say how long «Keep me signed in» holds, or None when policy forbids it."""
    policy = settings().sessions
    return format_timedelta(policy.remember, granularity="day", threshold=50) if policy.allow_remember else None


def sign_in_of(visit: Visit, proof: Proof) -> SignIn:
    """Return how far the sign-in of a visit has come with a proof."""
    return SignIn(proof, visit.interaction, is_again=_is_again(visit, proof), trust=visit.trust)


def find_proof(visit: Visit) -> Proof | None:
    """Return what was proved earlier in the sign-in of a visit and still holds, or None."""
    return flow.resume(visit.interaction) if visit.interaction is not None else None


def advance(visit: Visit, proof: Proof) -> Response:
    """Do the next step that is due, or open the session when none is."""
    step = flow.next_step(sign_in_of(visit, proof))
    if step is None:
        return _complete(visit, proof)
    waiting = flow.wait_for_step(proof, visit.interaction, visit.destination)
    if step is VERIFY_EMAIL:
        return await_confirmation(proof.user, waiting.id)
    return see_other(url_for(step.endpoint, step=step.name, flow=waiting.id))


def _is_again(visit: Visit, proof: Proof) -> bool:
    return visit.session is not None and visit.session.user_id == proof.user_id


def _complete(visit: Visit, proof: Proof) -> Response:
    """Open the session, or renew the one that the person has here."""
    again = _is_again(visit, proof)
    with transaction():
        check_still_holds(proof)
        session = sessions.sign_in(
            proof.user, amr=list(proof.amr), acr=proof.acr, remember=None if again else proof.remember,
            auth_time=proof.proved_at,
        )  # fmt: skip
        if again:
            flow.record_reauthentication(proof.user, session, visit.interaction)
        else:
            flow.record_sign_in(proof, session, visit.interaction)
            if proof.user.has_second_step and proof.acr < TWO_FACTORS:
                trusted.note_use(proof.user_id, visit.trust)
    return see_other(visit.destination)
