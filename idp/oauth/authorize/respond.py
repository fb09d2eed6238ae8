"""Bring an answer to the app: in the query, in the fragment, or by a form that the browser posts.

Every answer, good or bad, carries `state` and `iss` (RFC 6749 §4.1.2, RFC 9207 §2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from idp.clients.metadata.addresses import origin_of
from idp.core.features import Feature, enabled
from idp.core.http import allow_form_action, render
from idp.core.settings import settings

QUERY, FRAGMENT, FORM_POST = "query", "fragment", "form_post"
FORM_POST_MODE = Feature(
    "form_post", "OAuth 2.0 Form Post Response Mode", True, metadata=lambda: {"response_modes_supported": [FORM_POST]}
)
_WEB = {"http", "https"}


@dataclass(frozen=True)
class Answer:
    """Where the answer to an authorization request goes, and how."""

    client_name: str
    redirect_uri: str
    mode: str = QUERY
    state: str | None = None


def respond(answer: Answer, parameters: Mapping[str, str]) -> tuple[int, Any, list[tuple[str, str]]]:
    """Make status, body and headers of an answer; `parameters` are those of the success or of the error."""
    values = {**parameters, "iss": settings().issuer}
    if answer.state is not None:
        values["state"] = answer.state
    if answer.mode == FORM_POST:
        return 200, _form(answer, values), [("Content-Type", "text/html; charset=utf-8")]
    return 303, "", [("Location", _address(answer, values)), ("Content-Type", "text/html; charset=utf-8")]


def response_modes() -> list[str]:
    """Return the response modes that are on (OAuth 2.0 Multiple Response Type Encoding Practices §2.1)."""
    return [QUERY, FRAGMENT, *([FORM_POST] if enabled(FORM_POST_MODE) else [])]


def with_query(uri: str, values: Mapping[str, str]) -> str:
    """Add parameters to an address; a query "component ... MUST be retained" (RFC 6749 §3.1.2)."""
    parts = urlsplit(uri)
    added = urlencode(values)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def is_web(uri: str) -> bool:
    """Tell whether an address is an http or https one; apps on a device have schemes of their own (RFC 8252 §7.1)."""
    return urlsplit(uri).scheme.lower() in _WEB


def _address(answer: Answer, values: Mapping[str, str]) -> str:
    if answer.mode == FRAGMENT:
        return urlunsplit(urlsplit(answer.redirect_uri)._replace(fragment=urlencode(values)))
    return with_query(answer.redirect_uri, values)


def _form(answer: Answer, values: Mapping[str, str]) -> str:
    allow_form_action(origin_of(answer.redirect_uri))
    page = render(
        "auth/form_post.html", action=answer.redirect_uri, fields=list(values.items()), client_name=answer.client_name
    )
    return page.get_data(as_text=True)
