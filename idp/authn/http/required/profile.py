"""What an account must say about its owner before they go on: a name."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.datastructures import MultiDict

from idp.accounts.service import edit_user
from idp.authn.forms import NameForm
from idp.authn.http.required.progress import progress
from idp.authn.http.shared import advance, carried, submit
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.core.http import render


def show(visit: Visit, proof: Proof) -> Response:
    """Ask for the name."""
    return _page(visit, proof, NameForm())


def answer(visit: Visit, proof: Proof, form: Mapping[str, Any]) -> Response:
    """Keep the name."""
    told = NameForm(MultiDict(form))

    def act() -> Response:
        edit_user(proof.user_id, name=told.name.data, actor=f"user:{proof.user_id}")
        return advance(visit, proof)

    return submit(told, act, lambda status: _page(visit, proof, told, status))


def _page(visit: Visit, proof: Proof, form: NameForm, status: int = 200) -> Response:
    return render("auth/required_profile.html", status, form=form, progress=progress(visit, proof), **carried(visit))
