"""A password that must be another: given by somebody else, or too short for an account without a second step."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response
from werkzeug.datastructures import MultiDict

from idp.accounts.credentials.recovery import renew_password
from idp.accounts.credentials.strength import minimum_length
from idp.accounts.email.links import credential_of
from idp.accounts.forms import NewPasswordForm
from idp.authn.http.required.progress import progress
from idp.authn.http.shared import advance, carried, submit
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.http import render


def show(visit: Visit, proof: Proof) -> Response:
    """Ask for a new password."""
    return _page(visit, proof, NewPasswordForm())


def answer(visit: Visit, proof: Proof, form: Mapping[str, Any]) -> Response:
    """Keep the new password; the sign-in goes on with it."""
    new = NewPasswordForm(MultiDict(form))

    def act() -> Response:
        user = renew_password(proof.user_id, new.new_password.data)
        return advance(visit, replace(proof, user=user, credential=credential_of(user)))

    return submit(new, act, lambda status: _page(visit, proof, new, status))


def _page(visit: Visit, proof: Proof, form: NewPasswordForm, status: int = 200) -> Response:
    return render(
        "auth/required_password.html", status,
        form=form, account=proof.user, minimum=minimum_length(proof.user), progress=progress(visit, proof),
        **carried(visit),
    )  # fmt: skip
