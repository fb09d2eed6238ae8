"""The terms of the house: accept them, or do not sign in."""

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from idp.accounts.lifecycle.registration import accept_terms
from idp.authn.http.required.progress import progress
from idp.authn.http.shared import advance, carried
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.http import flash, render, see_other
from idp.core.settings import settings
from idp.sessions import interactions


def show(visit: Visit, proof: Proof, status: int = 200) -> Response:
    """Show where the terms are, and two buttons."""
    return render(
        "auth/required_terms.html", status,
        terms_url=settings().brand.terms_url, progress=progress(visit, proof), **carried(visit),
    )  # fmt: skip


def answer(visit: Visit, proof: Proof, form: Mapping[str, Any]) -> Response:
    """Go on with who accepts; end the sign-in of who does not."""
    decision = form.get("decision")
    if decision == "accept":
        accept_terms(proof.user.id)
        return advance(visit, proof)
    if decision == "decline" and visit.interaction is not None:
        interactions.forget_proof(visit.interaction.id)
        flash("note", _("You are not signed in, because you did not accept the terms."))
        return see_other(url_for("authn.login", flow=visit.flow))
    return show(visit, proof, 422)
