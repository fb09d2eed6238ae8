"""CHECKS: everything an authorization request is judged by, once client and address are established, in this order.

A check reads the request and writes what it found into the draft; it raises Refused to say no.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from idp.access.service import find_api
from idp.clients.service import ClientInfo
from idp.core.features import Feature, enabled
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.authorize import refusals as no
from idp.oauth.authorize.asked import Asked
from idp.oauth.authorize.claims_request import BadClaims, essential_acr, parse_claims, required_subjects
from idp.oauth.authorize.respond import FORM_POST, Answer, is_web, response_modes
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import MISSING, REPEATED, SCOPE_INVALID, TARGET_INVALID, TOO_LONG
from idp.oauth.request import StrictRequest
from idp.oauth.tokens.id_token import TYPE as ID_TOKEN

RESOURCE_INDICATORS = Feature("resource_indicators", "RFC 8707", True)
_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_SECONDS = re.compile(r"[0-9]{1,9}")
_DISPLAYS = {"page", "popup", "touch", "wap"}
_MOST_SCOPES = 100


@dataclass
class Draft:
    """A request on its way through the checks, and what they have found in it."""

    request: StrictRequest
    client: ClientInfo
    answer: Answer
    found: dict[str, Any] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """Return a parameter, or None."""
        return self.request.find(name)


def check_shape(draft: Draft) -> None:
    """Let every parameter come once, and none beyond its bound (RFC 6749 §3.1)."""
    if repeated := draft.request.payload.repeated:
        raise Refused(REPEATED, detail=" ".join(sorted(repeated))[:200])
    if too_long := draft.request.payload.too_long:
        raise Refused(TOO_LONG, detail=" ".join(sorted(too_long))[:200])


def check_request_object(draft: Draft) -> None:
    """Refuse requests in another form than parameters (OIDC Core §3.1.2.6)."""
    for name, row in (
        ("request", no.REQUEST_OBJECT), ("request_uri", no.REQUEST_URI), ("registration", no.REGISTRATION),
    ):  # fmt: skip
        if draft.find(name) is not None:
            raise Refused(row)


def check_response_type(draft: Draft) -> None:
    """Answer with a code, and only to clients that are registered for it (RFC 6749 §3.1.1)."""
    asked = draft.find("response_type")
    if asked is None:
        raise Refused(MISSING, detail="response_type")
    if asked != "code":
        raise Refused(no.RESPONSE_TYPE)
    if not draft.client.allows_grant("authorization_code"):
        raise Refused(no.CODE_NOT_ALLOWED)


def check_response_mode(draft: Draft) -> None:
    """Take the modes that are on; a form can be posted to the web only (OAuth 2.0 Form Post Response Mode §2)."""
    mode = draft.find("response_mode")
    if mode is None:
        return
    if mode not in response_modes() or (mode == FORM_POST and not is_web(draft.answer.redirect_uri)):
        raise Refused(no.RESPONSE_MODE)


def check_scope(draft: Draft) -> None:
    """Keep the scopes the client is registered for; "not understood ... SHOULD be ignored" (OIDC Core §3.1.2.1)."""
    asked = draft.find("scope")
    if asked is None:
        raise Refused(no.SCOPE_MISSING)
    names = list(dict.fromkeys(asked.split(" ")))
    if len(names) > _MOST_SCOPES or not all(_SCOPE_TOKEN.fullmatch(name) for name in names):
        raise Refused(SCOPE_INVALID, detail="malformed")
    known = tuple(name for name in names if name in draft.client.scopes)
    if not known:
        raise Refused(SCOPE_INVALID, detail="none is registered for this client")
    draft.found["scopes"] = known


def check_pkce(draft: Draft) -> None:
    """S256 only; always for public clients, and for the others unless an administrator lifted it (RFC 7636 §4.3)."""
    challenge, method = draft.find("code_challenge"), draft.find("code_challenge_method")
    if challenge is None and method is None:
        if draft.client.is_public or draft.client.require_pkce:
            raise Refused(no.PKCE_MISSING)
        return
    if challenge is None or method != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise Refused(no.PKCE_METHOD)
    draft.found["code_challenge"] = challenge


def check_prompt(draft: Draft) -> None:
    """Take the values we know; `none` "with any other value ... an error is returned" (OIDC Core §3.1.2.1)."""
    values = frozenset((draft.find("prompt") or "").split())
    if not values <= set(prompt_values()):
        raise Refused(no.PROMPT, detail="unknown value")
    if "none" in values and len(values) > 1:
        raise Refused(no.PROMPT, detail="none with another value")
    if "create" in values and values & {"login", "select_account"}:
        raise Refused(no.PROMPT, detail="create with login or select_account")
    draft.found["prompt"] = values


def check_display(draft: Draft) -> None:
    """Know the value; every page of ours fits every display (OIDC Core §3.1.2.1)."""
    if draft.find("display") not in {None, *_DISPLAYS}:
        raise Refused(no.DISPLAY)


def check_max_age(draft: Draft) -> None:
    """Read the oldest sign-in the app takes, in seconds; the client's registered one without it (OIDC Core §2)."""
    value = draft.find("max_age")
    if value is None:
        draft.found["max_age"] = draft.client.default_max_age
        return
    if not _SECONDS.fullmatch(value):
        raise Refused(no.MAX_AGE)
    draft.found["max_age"] = int(value)


def check_claims_parameter(draft: Draft) -> None:
    """Read which claims are asked for by name, and how strongly (OIDC Core §5.5)."""
    try:
        claims = parse_claims(draft.find("claims") or "{}")
    except BadClaims as bad:
        raise Refused(no.CLAIMS, detail=str(bad)) from bad
    draft.found["claims"] = claims
    draft.found["essential_acr"] = essential_acr(claims)


def check_resource(draft: Draft) -> None:
    """Know every API the token is meant for, and that the client may use it (RFC 8707 §2.1)."""
    resources = draft.request.find_all("resource") if enabled(RESOURCE_INDICATORS) else []
    for identifier in resources:
        if identifier not in draft.client.allowed_apis or find_api(identifier) is None:
            raise Refused(TARGET_INVALID, detail="unknown, or not allowed for this client")
    draft.found["resources"] = tuple(dict.fromkeys(resources))


def check_subject(draft: Draft) -> None:
    """Learn which person the answer must be about; a hint never signs anyone in (OIDC Core §3.1.2.1)."""
    named = required_subjects(draft.found["claims"])
    hint = draft.find("id_token_hint")
    if hint is not None:
        named = named | {_subject_of(hint, draft.client)}
    if len(named) > 1:
        raise Refused(no.HINT, detail="hint and claims parameter name different persons")
    draft.found["subject"] = next(iter(named), None)


CHECKS: tuple[Callable[[Draft], None], ...] = (  # order matters; read it top to bottom
    check_shape,
    check_request_object,
    check_response_type,
    check_response_mode,
    check_scope,
    check_pkce,
    check_prompt,
    check_display,
    check_max_age,
    check_claims_parameter,
    check_resource,
    check_subject,
)


def run_checks(draft: Draft) -> Asked:
    """Run the table over a request and freeze what was found; raise Refused at the first no."""
    for check in CHECKS:
        check(draft)
    return Asked(
        client=draft.client, answer=draft.answer, nonce=draft.find("nonce"), login_hint=draft.find("login_hint"),
        ui_locales=draft.find("ui_locales"), acr_values=tuple((draft.find("acr_values") or "").split()),
        **draft.found,
    )  # fmt: skip


def prompt_values() -> list[str]:
    """Return the values of `prompt` that work here; people can be sent to register only where they may."""
    create = ["create"] if settings().accounts.registration == "open" else []
    return ["none", "login", "consent", "select_account", *create]


def _subject_of(hint: str, client: ClientInfo) -> str:
    """Return whom an ID token of ours, issued to this client, is about; expired ones are good enough for a hint."""
    try:
        claims = keyring.verify(hint, types={ID_TOKEN}, ignore_expiry=True)
    except keyring.InvalidToken as error:
        raise Refused(no.HINT, detail=str(error)) from error
    if client.id not in ([claims["aud"]] if isinstance(claims.get("aud"), str) else claims.get("aud") or ()):
        raise Refused(no.HINT, detail="issued to another client")
    return str(claims["sub"])
