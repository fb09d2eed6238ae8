"""What the pages of signing in by mail show, and what happens after their forms."""

from collections.abc import Callable
from dataclasses import replace

from flask import Response, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _

from idp.accounts.email.addresses import mask
from idp.accounts.email.links import SIGN_IN
from idp.accounts.http.cookies import (
    Pending,
    Waiting,
    forget_link,
    link_token,
    read_pending,
    stop_waiting,
    wait_for_mail,
)
from idp.accounts.http.pages import shows_outbox
from idp.authn.email import service
from idp.authn.email.forms import AskForm, GoOnForm, MailCodeForm
from idp.authn.errors import WrongCode
from idp.authn.http.shared import advance, carried, remember_words, submit
from idp.authn.proof import Proof
from idp.authn.request import Ask, Visit, load_visit
from idp.core.http import flash, render, see_other
from idp.core.settings import settings
from idp.sessions import http as sessions
from idp.sessions import interactions
from idp.sessions.errors import InteractionExpired

WAITING = Waiting("pending_sign_in", "email.code", lambda: settings().accounts.email_sign_in_lifetime)


def show(visit: Visit) -> Response:
    """Ask where the mail goes; somebody who is signed in gets it at their own address."""
    if not _is_due(visit):
        return see_other(visit.destination)
    return _ask_page(visit, AskForm(email=visit.hint))


def ask(visit: Visit, form: AskForm) -> Response:
    """Let the mail go out and wait for it; the answer is the same for every address."""
    if not _is_due(visit):
        return see_other(visit.destination)
    own = _own_address(visit)
    if own is not None:
        form.email.data, form.email.raw_data = own, [own]
    return submit(
        form, lambda: _wait(visit, form.email.data, service.ask), lambda status: _ask_page(visit, form, status)
    )


def show_code(form: MailCodeForm, status: int = 200) -> Response:
    """Show the page that waits for the mail; without one there is nothing to wait for."""
    pending = read_pending(WAITING)
    if pending is None:
        return see_other(url_for("authn.login"))
    visit = load_visit(pending.flow)
    lifetime = format_timedelta(settings().accounts.email_sign_in_lifetime, threshold=2)
    return render(
        "auth/email_code.html", status,
        form=form, masked_email=mask(pending.email), lifetime=lifetime, sender=settings().mail.sender,
        remember_for=_remember_for(visit), outbox_url="/dev/mail" if shows_outbox() else None,
        back_url=url_for("email.start", flow=visit.flow), **carried(visit),
    )  # fmt: skip


def answer_code(form: MailCodeForm) -> Response:
    """Take the six digits; right ones lead on."""
    pending = read_pending(WAITING)
    if pending is None:
        return see_other(url_for("authn.login"))
    visit = load_visit(pending.flow)

    def act() -> Response:
        return _go_on(visit, _take_code(visit, pending, form.code.data), remember=form.remember.data)

    return submit(form, act, lambda status: show_code(form, status))


def ask_again() -> Response:
    """Send the mail this browser waits for again."""
    pending = read_pending(WAITING)
    if pending is None:
        return see_other(url_for("authn.login"))
    visit, form = load_visit(pending.flow), MailCodeForm()

    def act() -> Response:
        response = _wait(visit, pending.email, service.ask_again)
        flash("success", _("We sent another mail."))
        return response

    # Nothing is typed on this form: only the pause between two mails can say no.
    form.code.validators = []
    return submit(form, act, lambda status: show_code(form, status))


def show_link() -> Response:
    """Show whom the link of the mail would sign in; nothing is done yet, because mail scanners follow links."""
    user = service.find(link_token(SIGN_IN))
    visit = _visit_of_link(user.email)
    return render("auth/email_confirm.html", account=user, remember_for=_remember_for(visit), form=GoOnForm(),
                  **carried(visit))  # fmt: skip


def answer_link(form: GoOnForm) -> Response:
    """Take the link, and go on in the sign-in it was asked for, when that was in this browser."""
    token = link_token(SIGN_IN)
    visit = _visit_of_link(service.find(token).email)
    return _go_on(visit, service.verify_link(token), remember=form.remember.data)


def _take_code(visit: Visit, pending: Pending, code: str) -> Proof:
    proof = service.verify_code(pending.email, code, browser=pending.secret)
    if visit.only not in {None, proof.user_id}:
        raise WrongCode
    return proof


def _go_on(visit: Visit, proof: Proof, *, remember: bool) -> Response:
    response = advance(visit, replace(proof, remember=remember))
    return forget_link(stop_waiting(response, WAITING), SIGN_IN)


def _wait(visit: Visit, email: str, send: Callable[..., bool]) -> Response:
    interaction = visit.interaction or interactions.start(return_to=visit.destination)
    return wait_for_mail(email, interaction.id, lambda secret: send(email, browser=secret), WAITING)


def _ask_page(visit: Visit, form: AskForm, status: int = 200) -> Response:
    back = "authn.login" if visit.ask in {Ask.EVERYTHING, Ask.AGAIN} else "authn.reauth"
    return render(
        "auth/email.html", status, form=form, own_address=_own_address(visit),
        back_url=url_for(back, flow=visit.flow, next=visit.next), **carried(visit),
    )  # fmt: skip


def _is_due(visit: Visit) -> bool:
    """Tell whether a mail would prove what this visit asks; before an act only who has no password proves it so."""
    if visit.ask in {Ask.EVERYTHING, Ask.AGAIN}:
        return True
    return visit.is_before_an_act and not sessions.get_person().has_password


def _own_address(visit: Visit) -> str | None:
    return sessions.get_person().email if visit.ask is not Ask.EVERYTHING else None


def _remember_for(visit: Visit) -> str | None:
    return remember_words() if visit.ask is Ask.EVERYTHING else None


def _visit_of_link(email: str) -> Visit:
    """Return the visit in which this browser asked for the mail, or a new one when it was another browser."""
    pending = read_pending(WAITING)
    if pending is None or pending.email.lower() != email.lower():
        return load_visit(None)
    try:
        return load_visit(pending.flow)
    except InteractionExpired:
        return load_visit(None)
