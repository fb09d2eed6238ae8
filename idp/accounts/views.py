"""Pages of accounts: create one, confirm its address, get back in, change the password."""

from flask import Blueprint, Response, request, url_for
from flask_login import current_user, login_required

from idp.accounts import forms
from idp.accounts.credentials import recovery
from idp.accounts.credentials.strength import minimum_length
from idp.accounts.email.links import INVITE, NOT_ME, RESET, UNLOCK, VERIFY
from idp.accounts.errors import DeadLink, InvitationNeeded, RegistrationClosed
from idp.accounts.http import answers, cookies, pages
from idp.accounts.lifecycle import registration
from idp.core.extensions import limiter
from idp.core.http import anonymous_form, see_other

blueprint = Blueprint("accounts", __name__)
_per_address = limiter.limit("60 per minute")
"""A coarse brake on one network address; what is counted exactly stands in `idp.limits.policy`."""
blueprint.register_error_handler(DeadLink, answers.dead_link)
blueprint.register_error_handler(RegistrationClosed, answers.closed)
blueprint.register_error_handler(InvitationNeeded, answers.closed)


@blueprint.get("/register")
def register() -> Response:
    registration.check_registration_is_open()
    form = forms.RegisterForm(flow=answers.clean_flow(request.args.get("flow")))
    return answers.show_form("auth/register.html", form)


@blueprint.post("/register")
@anonymous_form
@_per_address
def create() -> Response:
    registration.check_registration_is_open()
    form = forms.RegisterForm(request.form)
    return answers.submit(form, lambda: pages.register(form), answers.again("auth/register.html", form))


@blueprint.get("/verify")
def verify() -> Response:
    return pages.show_waiting(forms.CodeForm())


@blueprint.post("/verify")
@anonymous_form
@_per_address
def verify_code() -> Response:
    form = forms.CodeForm(request.form)
    return answers.submit(form, lambda: pages.confirm_by_code(form), lambda status: pages.show_waiting(form, status))


@blueprint.post("/verify/resend")
@anonymous_form
@_per_address
def resend() -> Response:
    form = forms.ResendForm(request.form)
    return answers.submit(form, pages.resend, lambda status: pages.show_waiting(form, status))


@blueprint.get("/verify/<token>")
def verify_link(token: str) -> Response:
    return cookies.take_out_of_address(token, VERIFY, "accounts.verify_confirm")


@blueprint.post("/verify/<token>")
@anonymous_form
@_per_address
def verify_link_act(token: str) -> Response:
    return pages.confirmed(registration.confirm_by_link(token))


@blueprint.get("/verify/confirm")
def verify_confirm() -> Response:
    return pages.show_link(VERIFY, "auth/verify_confirm.html")


@blueprint.post("/verify/confirm")
@anonymous_form
@_per_address
def verify_act() -> Response:
    return pages.confirmed(registration.confirm_by_link(cookies.link_token(VERIFY)))


@blueprint.get("/forgot")
def forgot() -> Response:
    return answers.show_form("auth/forgot.html", forms.AddressForm(flow=answers.clean_flow(request.args.get("flow"))))


@blueprint.post("/forgot")
@anonymous_form
@_per_address
def request_reset() -> Response:
    form = forms.AddressForm(request.form)
    return answers.submit(form, lambda: pages.request_reset(form), answers.again("auth/forgot.html", form))


@blueprint.get("/reset/<token>")
def reset_link(token: str) -> Response:
    return cookies.take_out_of_address(token, RESET, "accounts.reset")


@blueprint.get("/reset")
def reset() -> Response:
    return pages.show_reset(forms.NewPasswordForm())


@blueprint.post("/reset")
@anonymous_form
@_per_address
def reset_act() -> Response:
    form = forms.NewPasswordForm(request.form)
    return answers.submit(form, lambda: pages.reset_password(form), lambda status: pages.show_reset(form, status))


@blueprint.get("/invite/<token>")
def invite_link(token: str) -> Response:
    return cookies.take_out_of_address(token, INVITE, "accounts.invite")


@blueprint.get("/invite")
def invite() -> Response:
    return pages.show_invitation(forms.InvitationForm())


@blueprint.post("/invite")
@anonymous_form
@_per_address
def invite_act() -> Response:
    form = forms.InvitationForm(request.form)
    return answers.submit(
        form, lambda: pages.accept_invitation(form), lambda status: pages.show_invitation(form, status)
    )


@blueprint.get("/revoke/<token>")
def revoke_link(token: str) -> Response:
    return cookies.take_out_of_address(token, NOT_ME, "accounts.revoke")


@blueprint.get("/revoke")
def revoke() -> Response:
    return pages.show_link(NOT_ME, "auth/not_me.html")


@blueprint.post("/revoke")
@anonymous_form
@_per_address
def revoke_act() -> Response:
    return pages.reported(recovery.report_not_me(cookies.link_token(NOT_ME)))


@blueprint.get("/unlock/<token>")
def unlock_link(token: str) -> Response:
    return cookies.take_out_of_address(token, UNLOCK, "accounts.unlock")


@blueprint.get("/unlock")
def unlock() -> Response:
    return pages.show_link(UNLOCK, "auth/unlock.html")


@blueprint.post("/unlock")
@anonymous_form
@_per_address
def unlock_act() -> Response:
    return pages.unblocked(recovery.unblock(cookies.link_token(UNLOCK)))


@blueprint.get("/")
def start() -> Response:
    return see_other(url_for("portal.home"))


@blueprint.get("/account/password")
@login_required
def password() -> Response:
    form = forms.ChangePasswordForm() if current_user.has_password else forms.NewPasswordForm()
    return answers.show_form("account/password.html", form, user=current_user, minimum=minimum_length(current_user))


@blueprint.post("/account/password")
@login_required
@_per_address
def change_password() -> Response:
    form = forms.ChangePasswordForm(request.form)
    again = answers.again("account/password.html", form, user=current_user, minimum=minimum_length(current_user))
    return answers.submit(form, lambda: pages.change_password(form, current_user.id), again)
