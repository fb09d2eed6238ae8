"""Pages of signing in by mail."""

from flask import Blueprint, Response, request

from idp.accounts.email.links import SIGN_IN
from idp.accounts.errors import DeadLink
from idp.accounts.http.answers import dead_link
from idp.accounts.http.cookies import take_out_of_address
from idp.authn.email import http as pages
from idp.authn.email.forms import AskForm, GoOnForm, MailCodeForm
from idp.authn.email.service import check_offered
from idp.authn.request import load_visit
from idp.core.extensions import limiter
from idp.core.http import anonymous_form

blueprint = Blueprint("email", __name__, url_prefix="/login/email")
blueprint.before_request(check_offered)
blueprint.register_error_handler(DeadLink, dead_link)
_per_address = limiter.limit("60 per minute")


@blueprint.get("")
def start() -> Response:
    return pages.show(load_visit())


@blueprint.post("")
@anonymous_form
@_per_address
def ask() -> Response:
    return pages.ask(load_visit(), AskForm(request.form))


@blueprint.get("/code")
def code() -> Response:
    return pages.show_code(MailCodeForm())


@blueprint.post("/code")
@anonymous_form
@_per_address
def code_act() -> Response:
    return pages.answer_code(MailCodeForm(request.form))


@blueprint.post("/again")
@anonymous_form
@_per_address
def again() -> Response:
    return pages.ask_again()


@blueprint.get("/<token>")
def link(token: str) -> Response:
    return take_out_of_address(token, SIGN_IN, "email.confirm")


@blueprint.get("/confirm")
def confirm() -> Response:
    return pages.show_link()


@blueprint.post("/confirm")
@anonymous_form
@_per_address
def confirm_act() -> Response:
    return pages.answer_link(GoOnForm(request.form))
