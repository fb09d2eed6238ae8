"""What each account page shows and what happens after its form: one call of a service, one way on."""

from typing import Any

from flask import Response, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from wtforms import Form

from idp.accounts import forms
from idp.accounts.credentials import recovery
from idp.accounts.email import links
from idp.accounts.email.addresses import mask
from idp.accounts.email.links import INVITE, NOT_ME, RESET, UNLOCK, VERIFY
from idp.accounts.errors import DeadLink
from idp.accounts.http.answers import clean_flow, locked, show_form
from idp.accounts.http.cookies import forget_link, link_token, read_pending, stop_waiting, wait_for_mail
from idp.accounts.lifecycle import registration
from idp.accounts.models import User
from idp.accounts.service import find_user
from idp.core.http import flash, render, see_other
from idp.core.settings import settings


def register(form: forms.RegisterForm) -> Response:
    """Register, and wait for the mail."""

    def send(secret: str) -> bool:
        return registration.register(
            form.email.data,
            name=form.name.data or "",
            password=form.new_password.data,
            browser=secret,
            accepted_terms=form.accept_terms.data,
        )

    return wait_for_mail(form.email.data, clean_flow(form.flow.data), send)


def show_waiting(form: Form, status: int = 200) -> Response:
    """Show the page that waits for a mail; without one there is nothing to wait for."""
    pending = read_pending()
    if pending is None:
        return see_other(url_for("authn.login"))
    lifetime = format_timedelta(settings().accounts.verify_lifetime, threshold=2)
    return render(
        "auth/check_email.html", status,
        form=form, masked_email=mask(pending.email), lifetime=lifetime, sender=settings().mail.sender,
        flow=pending.flow, outbox_url="/dev/mail" if shows_outbox() else None,
    )  # fmt: skip


def shows_outbox() -> bool:
    """Tell whether mails appear on the development page."""
    return settings().development and settings().mail.url.startswith("outbox:")


def confirm_by_code(form: forms.CodeForm) -> Response:
    """Confirm the address this browser waits for, by the digits of the mail."""
    pending = read_pending()
    if pending is None:
        raise DeadLink
    return confirmed(registration.confirm_by_code(pending.email, form.code.data, browser=pending.secret))


def resend() -> Response:
    """Send the mail this browser waits for again."""
    pending = read_pending()
    if pending is None:
        raise DeadLink
    email = pending.email
    response = wait_for_mail(email, pending.flow, lambda secret: registration.resend(email, browser=secret))
    flash("success", _("We sent another mail."))
    return response


def await_confirmation(user: User, flow: str | None) -> Response:
    """Answer a sign-in with the right password and an address that is not confirmed yet: the mail, and its page."""
    return wait_for_mail(user.email, flow, lambda secret: registration.ask_to_confirm(user, browser=secret))


def confirmed(user: User) -> Response:
    """Go on after a confirmation: to the sign-in of the app that began it, when it began in this browser."""
    pending = read_pending()
    flow = pending.flow if pending and pending.email.lower() == user.email_normalised else None
    flash("success", _("Your e-mail address is confirmed. Sign in to go on."))
    return forget_link(stop_waiting(see_other(url_for("authn.login", flow=flow))), VERIFY)


def show_link(purpose: str, template: str, **values: Any) -> Response:
    """Show what a mailed link would do; nothing is done yet, because mail scanners follow links."""
    _link, user = links.find_link(link_token(purpose), purpose)
    return render(template, email=user.email, masked_email=mask(user.email), **values)


def request_reset(form: forms.AddressForm) -> Response:
    """Ask for a link to a new password; the answer is the same for every address."""
    recovery.request_reset(form.email.data)
    lifetime = format_timedelta(settings().accounts.reset_lifetime, threshold=2)
    outbox_url = "/dev/mail" if shows_outbox() else None
    return render("auth/forgot_sent.html", lifetime=lifetime, outbox_url=outbox_url, flow=clean_flow(form.flow.data))


def show_reset(form: Form, status: int = 200) -> Response:
    """Show the form for a new password, and whose it will be."""
    user = recovery.find_reset(link_token(RESET))
    return show_form("auth/reset.html", form, status, masked_email=mask(user.email), email=user.email)


def reset_password(form: forms.NewPasswordForm) -> Response:
    """Set the new password."""
    recovery.reset_password(link_token(RESET), form.new_password.data)
    flash("success", _("Your password was changed. Sign in with the new one."))
    return forget_link(see_other(url_for("authn.login")), RESET)


def show_invitation(form: Form, status: int = 200) -> Response:
    """Show the form of an invited person."""
    _link, user = links.find_link(link_token(INVITE), INVITE)
    inviter = find_user(user.invited_by) if user.invited_by else None
    return show_form("auth/invite.html", form, status, email=user.email, inviter=inviter.name if inviter else None)


def accept_invitation(form: forms.InvitationForm) -> Response:
    """Take an invitation."""
    registration.accept_invitation(
        link_token(INVITE),
        name=form.name.data or "",
        password=form.new_password.data,
        accepted_terms=form.accept_terms.data,
    )
    flash("success", _("Your account is ready. Sign in to go on."))
    return forget_link(see_other(url_for("authn.login")), INVITE)


def reported(_user: User) -> Response:
    """Say what a «This wasn't me» did, and what to do next."""
    return forget_link(locked(_("Your account is locked")), NOT_ME)


def unblocked(_user: User) -> Response:
    """Say that sign-in works again."""
    flash("success", _("You can sign in again."))
    return forget_link(see_other(url_for("authn.login")), UNLOCK)


def change_password(form: forms.ChangePasswordForm, user_id: str) -> Response:
    """Change the password of the person signed in."""
    recovery.change_password(
        user_id, current=form.password.data, new=form.new_password.data, end_others=form.end_others.data
    )
    flash("success", _("Your password was changed."))
    return see_other(url_for("accounts.password"))
