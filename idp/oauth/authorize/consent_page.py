"""Render the consent page."""

from typing import Any
from urllib.parse import urlsplit

from flask import url_for
from flask.wrappers import Response

from idp.core.http import render
from idp.oauth.authorize.asked import Asked
from idp.oauth.authorize.consent import Offer, scope_items, voluntary_items
from idp.oauth.authorize.respond import is_web


def consent_page(user: Any, asked: Asked, offer: Offer, *, flow: str, status: int = 200) -> Response:
    """Show app, account, every line with the person's own value, and where the browser goes next."""
    return render(
        "auth/consent.html",
        status,
        client_name=asked.client.name,
        client_logo=asked.client.logo,
        client_host=None,
        account=user,
        items=scope_items(user, offer),
        voluntary=voluntary_items(user, offer),
        redirect_host=destination(asked.answer.redirect_uri),
        client_id=asked.client.id,
        policy_uri=asked.client.policy_uri,
        tos_uri=asked.client.tos_uri,
        other_url=url_for("authn.login", flow=flow, switch=1),
    )


def destination(redirect_uri: str) -> str:
    """Return what people may read of the address they go to next: the host, or an app's own scheme."""
    parts = urlsplit(redirect_uri)
    return parts.netloc if is_web(redirect_uri) else f"{parts.scheme}:"
