"""Pages that ask a person who they are."""

from flask import Blueprint, Response, request

from idp.authn.forms import CodeForm, PasswordForm
from idp.authn.http import accounts as chooser
from idp.authn.http import required as steps
from idp.authn.http import second_step, sudo
from idp.authn.http import sign_in as page
from idp.authn.request import load_visit
from idp.core.extensions import limiter
from idp.core.http import anonymous_form
from idp.sessions.guards import login_required

blueprint = Blueprint("authn", __name__)
_per_address = limiter.limit("60 per minute")
"""Coarse, per process or in Redis; what guards accounts is counted in the database (idp.limits)."""


@blueprint.get("/login")
def login() -> Response:
    return page.show(load_visit())


@blueprint.post("/login")
@anonymous_form
@_per_address
def sign_in() -> Response:
    return page.answer(load_visit())


@blueprint.get("/login/accounts")
def accounts() -> Response:
    return chooser.show(load_visit())


@blueprint.post("/login/accounts")
@anonymous_form
@_per_address
def choose_account() -> Response:
    return chooser.answer(load_visit(), request.form)


@blueprint.get("/login/verify")
def verify() -> Response:
    return second_step.show(load_visit(), request.args.get("way"))


@blueprint.post("/login/verify")
@anonymous_form
@_per_address
def verify_act() -> Response:
    return second_step.answer(load_visit(), CodeForm(request.form))


@blueprint.get("/login/required/<step>")
def required(step: str) -> Response:
    return steps.show(step, load_visit())


@blueprint.post("/login/required/<step>")
@anonymous_form
def required_act(step: str) -> Response:
    return steps.answer(step, load_visit(), request.form)


@blueprint.get("/reauth")
@login_required
def reauth() -> Response:
    return sudo.show(load_visit())


@blueprint.post("/reauth")
@_per_address
@login_required
def reauth_act() -> Response:
    return sudo.answer(load_visit(), PasswordForm(request.form))


@blueprint.get("/reauth/held")
@login_required
def held() -> Response:
    return sudo.show_held(load_visit())
