"""Steps that a person must take before the session is opened: one file a step, each with its page and its answer.

Owns the order-less table of the pages. Does not own which step is due: that is `idp.authn.flow`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from idp.authn import flow
from idp.authn.http.required import enrol, passkey, password, profile, terms
from idp.authn.http.shared import find_proof, sign_in_of
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.errors import NotFound
from idp.core.http import see_other


@dataclass(frozen=True)
class Page:
    """How a step is shown, and what becomes of its answer."""

    show: Callable[[Visit, Proof], Response]
    answer: Callable[[Visit, Proof, Mapping[str, Any]], Response]


PAGES = {
    flow.ENROL.name: Page(enrol.show, enrol.answer),
    flow.PASSWORD.name: Page(password.show, password.answer),
    flow.TERMS.name: Page(terms.show, terms.answer),
    flow.PROFILE.name: Page(profile.show, profile.answer),
    flow.PASSKEY.name: Page(passkey.show, passkey.answer),
}


def show(step: str, visit: Visit) -> Response:
    """Show a step, when it is the one that is due; raise NotFound."""
    proof = _find_due(step, visit)
    return PAGES[step].show(visit, proof) if proof else _to_sign_in(visit)


def answer(step: str, visit: Visit, form: Mapping[str, Any]) -> Response:
    """Take the answer to a step, when it is the one that is due; raise NotFound."""
    proof = _find_due(step, visit)
    return PAGES[step].answer(visit, proof, form) if proof else _to_sign_in(visit)


def _find_due(step: str, visit: Visit) -> Proof | None:
    if step not in PAGES:
        raise NotFound
    proof = find_proof(visit)
    due = flow.next_step(sign_in_of(visit, proof)) if proof is not None else None
    return proof if due is not None and due.name == step else None


def _to_sign_in(visit: Visit) -> Response:
    return see_other(url_for("authn.login", flow=visit.flow))
