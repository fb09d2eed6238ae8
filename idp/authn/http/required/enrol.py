"""A second step that somebody asks for and the person does not have yet: set up inside the sign-in."""

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from werkzeug.datastructures import MultiDict

from idp.authn import flow
from idp.authn.enrol import pending, service
from idp.authn.enrol.forms import AppForm, SavedForm
from idp.authn.enrol.http import parts
from idp.authn.http.required.progress import progress
from idp.authn.http.shared import advance, carried, submit
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.db import transaction
from idp.core.http import render, see_other
from idp.sessions.errors import InteractionExpired
from idp.sessions.models import Interaction


def show(visit: Visit, proof: Proof) -> Response:
    """Show the app's picture, or the codes once the app has proved itself."""
    waiting = pending.find(_interaction_of(visit))
    if waiting is not None and waiting.is_proved:
        return _codes_page(visit, proof, SavedForm())
    return _app_page(visit, proof, AppForm())


def answer(visit: Visit, proof: Proof, form: Mapping[str, Any]) -> Response:
    """Take the app's code, then one of the recovery codes; then the sign-in goes on."""
    values = MultiDict(form)
    waiting = pending.find(_interaction_of(visit))
    if waiting is None:
        return show(visit, proof)
    if waiting.is_proved:
        saved = SavedForm(values)
        return submit(
            saved, lambda: _turn_on(visit, proof, saved), lambda status: _codes_page(visit, proof, saved, status)
        )
    app = AppForm(values)
    return submit(app, lambda: _prove(visit, app), lambda status: _app_page(visit, proof, app, status))


def _prove(visit: Visit, form: AppForm) -> Response:
    parts.prove_app(_interaction_of(visit), form)
    return see_other(url_for("authn.required", step=flow.ENROL.name, flow=visit.flow))


def _turn_on(visit: Visit, proof: Proof, form: SavedForm) -> Response:
    interaction = _interaction_of(visit)
    waiting = parts.check_saved(interaction, form)
    with transaction():
        if not pending.take(interaction):
            raise InteractionExpired
        service.turn_on(proof.user_id, waiting)
    return advance(visit, proof.with_methods("otp"))


def _app_page(visit: Visit, proof: Proof, form: AppForm, status: int = 200) -> Response:
    waiting = pending.begin_app(_interaction_of(visit))
    return render(
        "auth/required_app.html", status, **parts.app_values(proof.user, waiting, form), **_carried(visit, proof)
    )


def _codes_page(visit: Visit, proof: Proof, form: SavedForm, status: int = 200) -> Response:
    interaction = _interaction_of(visit)
    waiting = pending.begin_codes(interaction)
    return render(
        "auth/required_codes.html", status, **parts.codes_values(interaction, waiting, form), **_carried(visit, proof)
    )


def _carried(visit: Visit, proof: Proof) -> dict[str, Any]:
    return {
        **carried(visit),
        "progress": progress(visit, proof),
        "cancel_url": url_for("authn.login", flow=visit.flow, switch=1),
    }


def _interaction_of(visit: Visit) -> Interaction:
    if visit.interaction is None:
        raise InteractionExpired
    return visit.interaction
