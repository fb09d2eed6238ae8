"""One authorization from the first request to the answer; it may pause for a person and come back.

Begin, resume, show the consent page, decide: each runs every check over the request again and asks what is missing.
What a person sees at the consent page is kept with the interaction, and that is what is granted.
"""

from collections.abc import Collection
from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import g, url_for
from flask.wrappers import Response

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.metadata.addresses import origin_of
from idp.core.db import transaction
from idp.core.http import browser_id, read_cookie, see_other
from idp.feed import service as feed
from idp.oauth.authorize.asked import Asked, keep_parameters, restore_request
from idp.oauth.authorize.consent import Offer, given_claims, remembered_claims, still_good
from idp.oauth.authorize.consent_page import consent_page
from idp.oauth.authorize.consents import record_consent
from idp.oauth.authorize.grant import Approved, FrontChannelGrant
from idp.oauth.authorize.refuse import FrontChannelRefused
from idp.oauth.authorize.resolve import address_of, resolve
from idp.oauth.authorize.steps import Progress, Step, next_step
from idp.oauth.errors import Refused
from idp.oauth.request import StrictRequest
from idp.oauth.server import server
from idp.sessions import interactions
from idp.sessions.errors import InteractionExpired
from idp.sessions.http import current_session, enter
from idp.sessions.models import Interaction

_PAGES = {Step.LOGIN: "authn.login", Step.REGISTER: "accounts.register", Step.CONSENT: "oauth.consent"}
_PATH = "/oauth/authorize"


def begin() -> Response:
    """Answer the authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2)."""
    request = None
    try:
        feed.sync()
        request = _read()
        grant = _check(request)
        if request.method == "POST" and read_cookie("browser") is None and (address := address_of(request)):
            return see_other(address)
        return _go_on(grant, None)
    except OAuth2Error as error:
        return server().handle_error_response(request, error)


def resume(flow: str) -> Response:
    """Go on after a page was finished."""
    interaction = _enter(flow)
    try:
        return _go_on(_restore(interaction), interaction)
    except OAuth2Error as error:
        return _give_up(interaction, error)


def show_consent(flow: str, *, status: int = 200) -> Response:
    """Show what the app asks for, to the person it was worked out for."""
    interaction = _enter(flow)
    try:
        grant = _restore(interaction)
        progress = next_step(grant, current_session(), interaction)
    except OAuth2Error as error:
        return _give_up(interaction, error)
    offer = _kept_offer(interaction, progress)
    if offer is None:
        return see_other(interaction.return_to)
    return consent_page(progress.user, grant.get_asked(), offer, flow=interaction.id, status=status)


def decide(flow: str, decision: str, ticked: Collection[str]) -> Response:
    """Bring the person's decision to the app; what they saw is what is granted (OIDC Core §3.1.2.4)."""
    interaction = _enter(flow)
    if decision not in {"allow", "deny"}:
        return show_consent(flow, status=422)
    try:
        grant = _restore(interaction)
        progress = next_step(grant, current_session(), interaction)
    except OAuth2Error as error:
        return _give_up(interaction, error)
    offer = _kept_offer(interaction, progress)
    if offer is None:
        return see_other(interaction.return_to)
    return _allow(grant, interaction, progress, offer, ticked) if decision == "allow" else _deny(grant, interaction)


def _read() -> StrictRequest:
    try:
        request = resolve(StrictRequest.front_channel())
    except Refused as refused:
        raise FrontChannelRefused(refused.row, detail=refused.detail) from refused
    g.ui_locales = request.find("ui_locales")
    return request


def _check(request: StrictRequest) -> FrontChannelGrant:
    grant: FrontChannelGrant = server().get_consent_grant(request)
    return grant


def _enter(flow: str) -> Interaction:
    """Return an authorization of this browser that still waits; raise InteractionExpired."""
    feed.sync()
    interaction = enter(flow)
    if "parameters" not in interaction.payload:
        raise InteractionExpired
    return interaction


def _restore(interaction: Interaction) -> FrontChannelGrant:
    return _check(restore_request(_PATH, interaction.payload["parameters"]))


def _go_on(grant: FrontChannelGrant, interaction: Interaction | None) -> Response:
    """Lead the person to the next page, or bring the answer when nothing is missing."""
    progress = next_step(grant, current_session(), interaction)
    if progress.step is None:
        return _answer_without_question(grant, interaction, progress)
    interaction = _keep(grant, interaction, progress)
    return see_other(url_for(_PAGES[progress.step], flow=interaction.id))


def _keep(grant: FrontChannelGrant, interaction: Interaction | None, progress: Progress) -> Interaction:
    """Write down the request and, for the consent page, exactly what will be offered there."""
    with transaction():
        interaction = interaction or _start(grant)
        if progress.offer is not None:
            interaction.payload = {**interaction.payload, "offer": progress.offer.as_payload()}
    return interaction


def _start(grant: FrontChannelGrant) -> Interaction:
    asked = grant.get_asked()
    browser_id()
    interaction = interactions.start(
        return_to="", client_id=asked.client.id, client_name=asked.client.name,
        redirect_origin=origin_of(asked.answer.redirect_uri), login_hint=asked.login_hint, ui_locales=asked.ui_locales,
        prompt=_prompt_of(asked), max_age=asked.max_age, acr_values=list(asked.acr_values),
        required_acr=asked.required_acr, user_id=asked.subject,
        payload={"parameters": keep_parameters(grant.request)},
    )  # fmt: skip
    interaction.return_to = url_for("oauth.resume", flow=interaction.id)
    return interaction


def _prompt_of(asked: Asked) -> list[str]:
    """Return what the sign-in page must heed; who comes to register may also go on with an account they have."""
    return sorted(asked.prompt | {"select_account"} if "create" in asked.prompt else asked.prompt)


def _kept_offer(interaction: Interaction, progress: Progress) -> Offer | None:
    """Return what was worked out for the consent page; None when it is not for this person, or not needed any more."""
    kept = interaction.payload.get("offer")
    if progress.step is not Step.CONSENT or kept is None or kept["user_id"] != progress.user.id:
        return None
    return Offer(**kept)


def _answer_without_question(grant: FrontChannelGrant, interaction: Interaction | None, progress: Progress) -> Response:
    asked, offer = grant.get_asked(), progress.offer
    assert offer is not None  # noqa: S101 - next_step makes one for every person it lets through
    claims = given_claims(asked, offer.scopes, remembered_claims(asked, offer))
    with transaction():
        _finish(interaction)
        return _issue(grant, progress.user, offer.scopes, claims)


def _allow(
    grant: FrontChannelGrant, interaction: Interaction, progress: Progress, offer: Offer, ticked: Collection[str]
) -> Response:
    asked = grant.get_asked()
    scopes, keys = still_good(asked, offer)
    given = [*offer.essential, *(name for name in offer.voluntary if name in ticked)]
    decided = {name: name in given for name in (*offer.essential, *offer.voluntary)}
    with transaction():
        _finish(interaction)
        record_consent(offer.user_id, asked.client.id, keys, decided)
        return _issue(grant, progress.user, scopes, given_claims(asked, scopes, given))


def _deny(grant: FrontChannelGrant, interaction: Interaction) -> Response:
    with transaction():
        _finish(interaction)
        record(Tag.CONSENT_DENIED, client_id=grant.get_asked().client.id)
        response: Response = server().create_authorization_response(grant.request, grant_user=None, grant=grant)
        return response


def _issue(grant: FrontChannelGrant, user: Any, scopes: list[str], claims: dict[str, Any]) -> Response:
    approved = Approved(user, current_session(), scopes, claims)
    response: Response = server().create_authorization_response(grant.request, grant_user=approved, grant=grant)
    return response


def _give_up(interaction: Interaction, error: OAuth2Error) -> Response:
    """Bring an error to the app, once; the interaction is over with it."""
    with transaction():
        _finish(interaction)
        request = restore_request(_PATH, interaction.payload["parameters"])
        return server().handle_error_response(request, error)


def _finish(interaction: Interaction | None) -> None:
    if interaction is not None and not interactions.finish(interaction.id):
        raise InteractionExpired
