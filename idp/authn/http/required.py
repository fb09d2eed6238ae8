"""Steps that a person must take before the session is opened; so far the terms of the house."""

from flask import Response, url_for
from flask_babel import gettext as _

from idp.accounts.registration import accept_terms
from idp.authn import flow
from idp.authn.http.shared import advance, carried, find_proof, sign_in_of
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.errors import NotFound
from idp.core.http import flash, render, see_other
from idp.core.settings import settings
from idp.sessions import interactions


def show(step: str, visit: Visit) -> Response:
    """Show a step, when it is the one that is due."""
    return _page(visit) if _find_due(step, visit) else _to_sign_in(visit)


def answer(step: str, visit: Visit, decision: str | None) -> Response:
    """Take the answer: what is accepted leads on, what is declined ends the sign-in."""
    proof = _find_due(step, visit)
    if proof is None or visit.interaction is None:
        return _to_sign_in(visit)
    if decision == "accept":
        accept_terms(proof.user.id)
        return advance(visit, proof)
    if decision == "decline":
        interactions.forget_proof(visit.interaction.id)
        flash("note", _("You are not signed in, because you did not accept the terms."))
        return _to_sign_in(visit)
    return _page(visit, 422)


def _page(visit: Visit, status: int = 200) -> Response:
    return render("auth/required_terms.html", status, terms_url=settings().brand.terms_url, **carried(visit))


def _find_due(step: str, visit: Visit) -> Proof | None:
    if step != flow.TERMS.name:
        raise NotFound
    proof = find_proof(visit)
    return proof if proof is not None and flow.next_step(sign_in_of(visit, proof)) is flow.TERMS else None


def _to_sign_in(visit: Visit) -> Response:
    return see_other(url_for("authn.login", flow=visit.flow))
