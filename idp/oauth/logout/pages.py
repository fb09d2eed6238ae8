"""The sign-out pages: straight through for an app that proves whom it means, otherwise ask."""

from typing import Any

from flask import g, url_for
from flask.wrappers import Response
from flask_login import current_user

from idp.clients.metadata.addresses import origin_of
from idp.clients.service import find_client
from idp.core.db import transaction
from idp.core.http import browser_id, read_cookie, render, see_other
from idp.core.typed import read_number
from idp.feed import service as feed
from idp.oauth.authorize.resolve import address_of
from idp.oauth.errors import Refused
from idp.oauth.logout.end_session import SignOutRequest
from idp.oauth.logout.session_apps import session_apps
from idp.oauth.request import StrictRequest
from idp.oauth.server import server
from idp.sessions import browser_accounts, interactions
from idp.sessions.errors import InteractionExpired
from idp.sessions.http import current_session, enter, sign_out
from idp.sessions.models import Interaction

_PATH = "/oauth/end_session"
_CLEAR = {"Clear-Site-Data": '"cache"'}


def end_session() -> Response:
    """Answer the end_session endpoint (RP-Initiated Logout 1.0 §2); nobody is signed out by a bare request (§6)."""
    feed.sync()
    asked = _read()
    request = asked.request
    if request.method == "POST" and read_cookie("browser") is None and (address := address_of(request)):
        return see_other(address)
    session = current_session()
    if session is None or (asked.redirect_uri and asked.is_about(session)):
        return server().create_endpoint_response("end_session", asked) or _to_done(asked)
    return see_other(url_for("oauth.logout", flow=_keep(asked).id))


def ask(flow: str | None, *, status: int = 200) -> Response:
    """Show who is signed in and which apps that touches, and ask."""
    interaction = _enter(flow)
    session = current_session()
    if session is None:
        return see_other(url_for("oauth.signed_out"))
    return render(
        "auth/logout.html",
        status,
        flow=flow,
        account=current_user,
        client_name=interaction.client_name if interaction else None,
        apps=session_apps(session.id),
        others=browser_accounts.has_others_live(session),
    )


def act(flow: str | None, decision: str) -> Response:
    """Sign out, or don't."""
    interaction = _enter(flow)
    if decision not in {"sign_out", "sign_out_all", "stay"}:
        return ask(flow, status=422)
    with transaction():
        if interaction is not None and not interactions.finish(interaction.id):
            raise InteractionExpired
        if decision == "stay":
            return see_other(url_for("portal.home"))
        kept = interaction.payload["sign_out"] if interaction else {}
        if decision == "sign_out_all":
            browser_accounts.forget_all()
        sign_out()
    response = see_other(kept.get("redirect_uri") or url_for("oauth.signed_out", **kept.get("done", {})))
    response.headers.update(_CLEAR)
    return response


def signed_out(client_id: str | None, number: str | None) -> Response:
    """Say that it is done, and offer the way back to an app, to an address it has registered."""
    client = find_client(client_id) if client_id else None
    addresses = client.post_logout_redirect_uris if client and client.is_enabled else ()
    index = read_number(number, 3)
    back = addresses[index] if index is not None and index < len(addresses) else None
    return render(
        "auth/logged_out.html",
        client_name=client.name if client and back else None,
        back_url=back,
        sign_in_url=url_for("authn.login"),
    )


def _read() -> SignOutRequest:
    try:
        request = StrictRequest.front_channel()
    except Refused:
        request = StrictRequest("GET", _PATH, [], {})
    g.ui_locales = request.find("ui_locales")
    asked: SignOutRequest = server().validate_endpoint_request("end_session", request)
    return asked


def _keep(asked: SignOutRequest) -> Interaction:
    """Write down what the app asked, while the person is asked."""
    browser_id()
    return interactions.start(
        return_to=url_for("portal.home"),
        client_id=asked.client.id if asked.client else None,
        client_name=asked.client.name if asked.client else None,
        redirect_origin=origin_of(asked.redirect_uri) if asked.redirect_uri else None,
        ui_locales=asked.ui_locales,
        payload={"sign_out": {"redirect_uri": asked.redirect_uri, "done": _done(asked)}},
    )


def _enter(flow: str | None) -> Interaction | None:
    """Return the sign-out that an app asked for; a person's own has none. Raises InteractionExpired."""
    if not flow:
        return None
    interaction = enter(flow)
    if "sign_out" not in interaction.payload:
        raise InteractionExpired
    return interaction


def _to_done(asked: SignOutRequest) -> Response:
    response = see_other(url_for("oauth.signed_out", **_done(asked)))
    response.headers.update(_CLEAR)
    return response


def _done(asked: SignOutRequest) -> dict[str, Any]:
    """Return what the last page needs to offer the way back: which app, and which of its addresses."""
    if asked.client is None or asked.return_number is None:
        return {}
    return {"app": asked.client.id, "to": str(asked.return_number)}
