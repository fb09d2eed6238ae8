"""The pages that connect a device: type its code, sign in, compare, decide (RFC 8628 §3.3)."""

from flask import url_for
from flask.wrappers import Response
from flask_babel import gettext as _

from idp.accounts.service import get_user
from idp.authn.http.shared import submit
from idp.authn.policy import wants_step_up
from idp.clients.service import find_client
from idp.core.db import transaction
from idp.core.errors import Forbidden
from idp.core.http import browser_id, render, see_other
from idp.feed import service as feed
from idp.oauth.authorize.asked import Asked
from idp.oauth.authorize.consent import Offer, make_offer, scope_items, still_good
from idp.oauth.authorize.consents import record_consent
from idp.oauth.authorize.respond import QUERY, Answer
from idp.oauth.device import service
from idp.oauth.device.codes import read_user_code
from idp.oauth.device.errors import CodeIsOver
from idp.oauth.device.forms import UserCodeForm
from idp.oauth.device.models import DeviceCode
from idp.oauth.scopes import OFFLINE
from idp.oauth.standing import NotUsable, check_standing
from idp.sessions import interactions
from idp.sessions.browsers import browser_digest
from idp.sessions.errors import InteractionExpired
from idp.sessions.http import current_session, enter
from idp.sessions.models import Interaction, Session


class NotForThisAccount(Forbidden):
    """The app may not be used by this person, or asks for nothing they can give."""


def show_entry(user_code: str) -> Response:
    """Show the field for the code; one that came along is filled in and no more (RFC 8628 §3.3.1)."""
    browser_id()
    return _entry_page(UserCodeForm(user_code=read_user_code(user_code) or ""))


def enter_code(form: UserCodeForm) -> Response:
    """Find the device and go on to compare."""
    browser_id()
    return submit(form, lambda: _begin(form), lambda status: _entry_page(form, status))


def show_confirm(flow: str, status: int = 200) -> Response:
    """Show which device wants what, when it is clear who decides."""
    interaction, found = _enter(flow)
    session = current_session()
    if session is None or _must_sign_in(interaction, session):
        return see_other(url_for("authn.login", flow=interaction.id))
    asked, offer = _offer(found, session)
    user = get_user(session.user_id)
    return render(
        "device/confirm.html", status, client_name=asked.client.name, client_logo=asked.client.logo,
        account=user, items=scope_items(user, offer), user_code=interaction.payload["user_code"],
        asked_at=found.created_at, network=found.ip,
        other_url=url_for("authn.login", flow=interaction.id, switch=1), flow=interaction.id,
    )  # fmt: skip


def decide(flow: str, decision: str) -> Response:
    """Take the decision, once, and say what happens next."""
    interaction, found = _enter(flow)
    session = current_session()
    if decision not in {"allow", "deny"} or session is None or _must_sign_in(interaction, session):
        return show_confirm(flow, 200 if decision in {"allow", "deny"} else 422)
    asked, offer = _offer(found, session)
    with transaction():
        if not interactions.finish(interaction.id):
            raise InteractionExpired
        if decision == "allow":
            _allow(found, session, asked, offer)
        else:
            service.deny(found, session.user_id)
    return see_other(url_for("device.done", outcome=decision))


def show_done(outcome: str) -> Response:
    """Send the person back to the device."""
    return render("device/done.html", allowed=outcome == "allow")


def code_is_over(error: CodeIsOver) -> Response:
    """Show the field again for a code that was decided or expired while somebody looked at it."""
    form = UserCodeForm()
    form.user_code.errors = [error.public]
    return _entry_page(form, error.status)


def not_for_this_account(error: NotForThisAccount) -> Response:
    """Say that this account cannot connect the device."""
    return render(
        "auth/message.html", 403, title=_("This account cannot connect the device"), text=error.public,
        action_url=url_for("device.enter"), action_label=_("Enter another code"),
    )  # fmt: skip


def _begin(form: UserCodeForm) -> Response:
    feed.sync()
    user_code = read_user_code(form.user_code.data)
    found = service.find_by_user_code(user_code, browser_digest())
    client = find_client(found.client_id)
    if client is None or not client.is_enabled:
        raise CodeIsOver
    with transaction():
        interaction = interactions.start(
            return_to="",
            client_id=client.id,
            client_name=client.name,
            max_age=client.default_max_age,
            required_acr=_asked(found).required_acr,
            payload={"device": found.id, "user_code": user_code},
        )
        interaction.return_to = url_for("device.confirm", flow=interaction.id)
    return see_other(interaction.return_to)


def _enter(flow: str) -> tuple[Interaction, DeviceCode]:
    """Return what a browser has begun and the device it is about; raise InteractionExpired, CodeIsOver."""
    feed.sync()
    interaction = enter(flow[:40])
    if "device" not in interaction.payload:
        raise InteractionExpired
    return interaction, service.get(interaction.payload["device"])


def _must_sign_in(interaction: Interaction, session: Session) -> bool:
    if interactions.wants_person(interaction, session):
        return True
    return wants_step_up(session.user_id, session.acr, required=interaction.required_acr, acr_values=())


def _asked(found: DeviceCode) -> Asked:
    client = find_client(found.client_id)
    if client is None:
        raise CodeIsOver
    answer = Answer(client.name, "", QUERY, None)
    return Asked(client=client, answer=answer, scopes=tuple(found.scope.split()), resources=tuple(found.resources))


def _offer(found: DeviceCode, session: Session) -> tuple[Asked, Offer]:
    """Work out what this person can give this device; raise NotForThisAccount."""
    asked, user = _asked(found), get_user(session.user_id)
    try:
        check_standing(client=asked.client, user=user, session=session, session_needed=True)
    except NotUsable as over:
        raise NotForThisAccount(_("This app is not open to your account.")) from over
    offer = make_offer(user, asked)
    if not offer.scopes:
        raise NotForThisAccount(_("Your account has nothing that this app asks for."))
    return asked, offer


def _allow(found: DeviceCode, session: Session, asked: Asked, offer: Offer) -> None:
    scopes, keys = still_good(asked, offer)
    offline = OFFLINE in scopes
    record_consent(offer.user_id, asked.client.id, keys, {})
    service.approve(found, service.Approval(user_id=offer.user_id, session=session, scopes=scopes, offline=offline))


def _entry_page(form: UserCodeForm, status: int = 200) -> Response:
    return render("device/code.html", status, form=form)
