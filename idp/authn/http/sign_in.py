"""The sign-in page: everything, the password again, or only whether this is the account."""

from dataclasses import replace
from typing import Any

from flask import Response, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _

from idp.accounts.email.links import credential_of
from idp.accounts.models import User
from idp.accounts.service import find_by_identifier
from idp.authn import password
from idp.authn.forms import LoginForm, PasswordForm
from idp.authn.http import accounts as chooser
from idp.authn.http import again
from idp.authn.http.shared import advance, carried, find_proof, remember_words, submit
from idp.authn.passkeys.http import sign_in as passkeys
from idp.authn.proof import Proof
from idp.authn.request import Ask, Visit
from idp.core.http import render, see_other
from idp.core.settings import settings
from idp.sessions import browsers, interactions, service
from idp.sessions import http as sessions
from idp.sessions.browser_accounts import find_email, has_others_live


def show(visit: Visit) -> Response:
    """Show what a visit to the sign-in page asks, or send the browser on when it asks nothing."""
    if visit.ask is Ask.NOTHING:
        return see_other(visit.destination)
    if visit.ask is Ask.AGAIN:
        return _show_again(visit, PasswordForm())
    if visit.ask is Ask.STEP_UP:
        return _step_up(visit)
    if visit.ask is Ask.CHOICE or _find_proof(visit):
        return _show_choice(visit)
    if not visit.switch and has_others_live(visit.session):
        return see_other(chooser.address(visit))
    return _show_form(visit, LoginForm(identifier=find_email(request.args.get("account")) or visit.hint))


def answer(visit: Visit) -> Response:
    """Take what was posted to the sign-in page."""
    decision = request.form.get("decision")
    if decision == "other":
        return see_other(_other_account(visit))
    if decision == "continue":
        return _go_on(visit)
    if visit.ask in {Ask.NOTHING, Ask.CHOICE}:
        # Another tab has signed in meanwhile: what was typed here is not looked at.
        return _show_choice(visit)
    if visit.ask is Ask.STEP_UP:
        return _step_up(visit)
    if visit.ask is Ask.AGAIN:
        form_again = PasswordForm(request.form)
        return submit(
            form_again, lambda: _sign_in_again(visit, form_again), lambda status: _show_again(visit, form_again, status)
        )
    form = LoginForm(request.form)
    return submit(form, lambda: _sign_in(visit, form), lambda status: _show_form(visit, form, status))


def _sign_in(visit: Visit, form: LoginForm) -> Response:
    proof = password.verify(form.identifier.data, form.password.data)
    return advance(visit, replace(proof, remember=form.remember.data))


def _sign_in_again(visit: Visit, form: PasswordForm) -> Response:
    return advance(visit, password.verify_again(sessions.get_person(), form.password.data))


def _step_up(visit: Visit) -> Response:
    """Ask only for what the session lacks; it is as old as it was afterwards."""
    person, session = sessions.get_person(), sessions.get_session()
    proof = Proof(person, tuple(session.amr), session.auth_time, credential_of(person), session.remember)
    return advance(visit, proof)


def _go_on(visit: Visit) -> Response:
    """Go on as the person who is signed in, or with what was proved here before."""
    if visit.ask in {Ask.NOTHING, Ask.CHOICE}:
        if visit.interaction is not None:
            interactions.settle(visit.interaction.id, sessions.get_person().id)
        return see_other(visit.destination)
    proof = _find_proof(visit)
    return advance(visit, proof) if proof else show(visit)


def _find_proof(visit: Visit) -> Proof | None:
    """Return what was proved earlier in this sign-in, when that is what it waits for."""
    if visit.switch or visit.ask is not Ask.EVERYTHING:
        return None
    return find_proof(visit)


def _show_form(visit: Visit, form: LoginForm, status: int = 200) -> Response:
    return render(
        "auth/login.html", status, form=form, account=_find_hinted(visit), notice=_notice(),
        remember_for=remember_words(), **_ways(visit), **carried(visit),
    )  # fmt: skip


def _show_again(visit: Visit, form: PasswordForm, status: int = 200) -> Response:
    return render(
        "auth/reauth.html", status,
        form=form, account=sessions.get_person(), forgot_url=_forgot(visit), other_url=_other_account(visit),
        passkey_url=url_for("passkeys.sign_in"), **again.ways(visit), **carried(visit),
    )  # fmt: skip


def _show_choice(visit: Visit) -> Response:
    proof = _find_proof(visit)
    if proof is None and has_others_live(visit.session):
        return see_other(chooser.address(visit))
    account = proof.user if proof else sessions.get_person()
    return render("auth/choose.html", account=account, signed_in=proof is None, **carried(visit))


def _ways(visit: Visit) -> dict[str, Any]:
    """Return the addresses of the other ways that the page offers."""
    is_open = settings().accounts.registration == "open"
    return {
        "forgot_url": _forgot(visit),
        "registration_url": url_for("accounts.register", flow=visit.flow) if is_open else None,
        "other_url": _other_account(visit),
        "passkey_options": passkeys.options(),
        "passkey_url": url_for("passkeys.sign_in"),
        "email_url": _by_mail(visit) if settings().accounts.email_sign_in else None,
    }


def _forgot(visit: Visit) -> str:
    return url_for("accounts.forgot", flow=visit.flow)


def _other_account(visit: Visit) -> str:
    return url_for("authn.login", flow=visit.flow, next=visit.next, switch=1)


def _by_mail(visit: Visit) -> str:
    return url_for("email.start", flow=visit.flow, next=visit.next, switch=1 if visit.switch else None)


def _find_hinted(visit: Visit) -> User | None:
    """Return the person an app hints at, if they have signed in with this browser before; strangers learn nothing."""
    user = find_by_identifier(visit.hint) if not visit.switch else None
    return user if user is not None and browsers.is_known(user.id) else None


def _notice() -> str | None:
    """Say why the person was signed out, when time did it."""
    lapse = sessions.current_lapse()
    if lapse is None:
        return None
    if lapse.reason == service.IDLE:
        time = format_timedelta(settings().sessions.idle, threshold=1.5)
        return _("You were signed out after %(time)s without activity.", time=time)
    if lapse.reason in {service.EXPIRED, service.NOT_REMEMBERED}:
        return _("You were signed out because your session had lasted as long as it may.")
    return None
