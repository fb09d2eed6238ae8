"""A passkey, offered after a password: taken or declined with equal ease, and not asked again for a while."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.datastructures import MultiDict

from idp.authn.http.required.progress import progress
from idp.authn.http.shared import advance, carried, submit
from idp.authn.passkeys import ceremony, service
from idp.authn.passkeys.forms import PasskeyForm
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.http import render
from idp.sessions.errors import InteractionExpired


def show(visit: Visit, proof: Proof) -> Response:
    """Offer a passkey."""
    return _page(visit, proof, PasskeyForm())


def answer(visit: Visit, proof: Proof, form: Mapping[str, Any]) -> Response:
    """Keep the passkey that was made, or that none is wanted now."""
    if form.get("decision") == "later":
        service.decline_offer(proof.user_id)
        return advance(visit, proof)
    made = PasskeyForm(MultiDict(form))

    def act() -> Response:
        service.add(proof.user_id, made.code.data, _holder(visit))
        return advance(visit, proof)

    return submit(made, act, lambda status: _page(visit, proof, made, status))


def _page(visit: Visit, proof: Proof, form: PasskeyForm, status: int = 200) -> Response:
    return render(
        "auth/required_passkey.html", status, form=form, progress=progress(visit, proof),
        passkey_options=ceremony.ask_to_add(proof.user, _holder(visit), []), **carried(visit),
    )  # fmt: skip


def _holder(visit: Visit) -> str:
    """Bind the challenge to this sign-in: no other browser answers it."""
    if visit.interaction is None:
        raise InteractionExpired
    return visit.interaction.id
