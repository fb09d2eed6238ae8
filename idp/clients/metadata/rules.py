"""The rules of client metadata: one a field, then those between fields (RFC 7591 §2, OIDC Registration §2)."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.clients import keys
from idp.clients.errors import NOT_YET, InvalidMetadata
from idp.clients.metadata.addresses import check_page, check_redirect
from idp.clients.types import AUTH_METHODS, CODE, GRANT_TYPES, KEYS, MACHINE, NONE, REFRESH, SECRET_METHODS, TYPES

Rule = Callable[[Any, str, str], Any]
MOST = 50
_YEAR = 31_536_000
_LIST = _l("A list of texts is wanted, at most 50.")
_CHOICE = _l("That value is not one this server knows.")
_NAME = _l("A name of 1 to 120 characters is wanted.")
_TEXT = _l("A text of 1 to 254 characters is wanted.")
_NUMBER = _l("A whole number of seconds is wanted, at most a year.")
_LIFETIME = _l("A lifetime is between 60 seconds and a day.")
_BOTH = _l("Give either the keys or their address.")
_NEEDS_KEYS = _l("private_key_jwt needs the keys of the app, or their address.")
_NEEDS_REDIRECT = _l("An app that signs people in needs at least one redirect address.")
_NO_REDIRECT = _l("An app of this kind gets nobody back, so it has no redirect addresses.")
_PUBLIC_PKCE = _l("PKCE cannot be lifted for an app without a secret.")
_PUBLIC_MACHINE = _l("An app without a secret cannot act in its own name.")
_NO_PROOF = _l("An app of this kind needs a secret or keys.")
_NO_SECRET = _l("An app of this kind runs where others can read it, so it cannot keep a secret.")
_REFRESH_ALONE = _l("Refresh tokens come with a sign-in: add the authorization code grant.")
_SCOPE_NAME = _l("Scopes are printable words without spaces, quotes or backslashes.")


def clean(values: dict[str, Any]) -> dict[str, Any]:
    """Return metadata with every field checked and filled in; raise InvalidMetadata for the first that is unfit."""
    kind = values.get("type") or "web"
    if not isinstance(kind, str) or kind not in TYPES:
        raise InvalidMetadata("type", _CHOICE)
    fields = {**defaults(kind), **{name: value for name, value in values.items() if value is not None}}
    for name in fields:
        if name not in RULES:
            raise InvalidMetadata(name, NOT_YET)
    if "name" not in fields:
        raise InvalidMetadata("name", _NAME)
    cleaned = {name: RULES[name](value, name, kind) for name, value in fields.items()}
    nothing = {name: None for name in RULES if name not in cleaned}
    for field, sentence in contradictions(cleaned):
        raise InvalidMetadata(field, sentence)
    cleaned["response_types"] = ["code"] if CODE in cleaned["grant_types"] else []
    return {**nothing, **cleaned}


def needs_secret(values: dict[str, Any]) -> bool:
    """Tell whether a client of these values has a secret."""
    return values["token_endpoint_auth_method"] in SECRET_METHODS


def defaults(kind: str) -> dict[str, Any]:
    """Return what a kind of app starts with."""
    chosen = TYPES[kind]
    return {
        "type": kind, "grant_types": list(chosen.grant_types), "token_endpoint_auth_method": chosen.auth_method,
        "scopes": list(chosen.scopes), "redirect_uris": [], "post_logout_redirect_uris": [], "allowed_roles": [],
        "allowed_apis": [], "require_pkce": True, "first_party": False, "require_second_step": False,
        "require_auth_time": False, "metadata_": {},
    }  # fmt: skip


def contradictions(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """List what the fields of a client, each fit by itself, contradict in each other: field and sentence."""
    kind, grants, method = TYPES[values["type"]], values["grant_types"], values["token_endpoint_auth_method"]
    broken = {
        ("redirect_uris", _NEEDS_REDIRECT): CODE in grants and not values["redirect_uris"],
        ("redirect_uris", _NO_REDIRECT): not kind.redirects and bool(values["redirect_uris"]),
        ("grant_types", _NO_REDIRECT): not kind.redirects and CODE in grants,
        ("grant_types", _PUBLIC_MACHINE): method == NONE and MACHINE in grants,
        ("grant_types", _REFRESH_ALONE): grants == [REFRESH],
        ("require_pkce", _PUBLIC_PKCE): method == NONE and not values["require_pkce"],
        ("token_endpoint_auth_method", _NO_PROOF): method == NONE and kind.needs_proof,
        ("token_endpoint_auth_method", _NO_SECRET): method in SECRET_METHODS and not kind.keeps_secrets,
        ("jwks", _BOTH): bool(values.get("jwks") and values.get("jwks_uri")),
        ("jwks", _NEEDS_KEYS): method == KEYS and not (values.get("jwks") or values.get("jwks_uri")),
    }
    return [place for place, is_broken in broken.items() if is_broken]


def _texts(value: Any, field: str, *, most: int = MOST, longest: int = 2000) -> list[str]:
    """Take a list of texts, each once."""
    fit = isinstance(value, list | tuple) and len(value) <= most
    if not fit or not all(isinstance(item, str) and 0 < len(item) <= longest for item in value):
        raise InvalidMetadata(field, _LIST)
    return list(dict.fromkeys(value))


def _redirects(value: Any, field: str, kind: str) -> list[str]:
    native = kind == "native"
    return [check_redirect(uri, field, private_schemes=native) for uri in _texts(value, field)]


def _grants(value: Any, field: str, _kind: str) -> list[str]:
    found = _texts(value, field)
    if not set(found) <= set(GRANT_TYPES):
        raise InvalidMetadata(field, _CHOICE)
    return found


def _method(value: Any, field: str, _kind: str) -> str:
    if not isinstance(value, str) or value not in AUTH_METHODS:
        raise InvalidMetadata(field, _CHOICE)
    return value


def _scopes(value: Any, field: str, _kind: str) -> list[str]:
    # scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) (RFC 6749 §3.3)
    scopes = _texts(value.split(" ") if isinstance(value, str) and value else value or [], field, most=200, longest=120)
    if any(not all("!" <= sign <= "~" and sign not in '"\\' for sign in scope) for scope in scopes):
        raise InvalidMetadata(field, _SCOPE_NAME)
    return scopes


def _names(value: Any, field: str, _kind: str) -> list[str]:
    return _texts(value, field, longest=400)


def name(value: Any, field: str, _kind: str) -> str:
    """Take a name on one line; signs that do not print or that turn the direction of writing are taken out."""
    text = "".join(sign for sign in value if sign.isprintable()) if isinstance(value, str) else ""
    text = " ".join(text.split())
    if not text or len(text) > 120:
        raise InvalidMetadata(field, _NAME)
    return text


def text(value: Any, field: str, _kind: str) -> str:
    """Take a short printable text."""
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 254:
        raise InvalidMetadata(field, _TEXT)
    return value


def flag(value: Any, field: str, _kind: str) -> bool:
    """Take a yes or a no."""
    if not isinstance(value, bool):
        raise InvalidMetadata(field, _CHOICE)
    return value


def _seconds(value: Any, field: str, _kind: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _YEAR:
        raise InvalidMetadata(field, _NUMBER)
    return value


def _lifetime(value: Any, field: str, _kind: str) -> int:
    # Not longer than a day: keys are published for longer than any token of theirs lives.
    if isinstance(value, bool) or not isinstance(value, int) or not 60 <= value <= 86_400:
        raise InvalidMetadata(field, _LIFETIME)
    return value


def page(value: Any, field: str, _kind: str) -> str:
    """Take the address of a page."""
    return check_page(value, field)


def called(value: Any, field: str, _kind: str) -> str:
    """Read an address that this server calls: without a fragment (OpenID Connect Back-Channel Logout 1.0 §2.2)."""
    return check_redirect(value, field, private_schemes=False)


def contacts(value: Any, field: str, _kind: str) -> list[str]:
    """Take the ways to reach the people behind an app."""
    return [text(item, field, "") for item in _texts(value, field, most=10, longest=254)]


def _jwks(value: Any, field: str, _kind: str) -> dict[str, Any]:
    return keys.check_key_set(value, field)


def _rest(value: Any, field: str, _kind: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidMetadata(field, _CHOICE)
    return dict(value)


RULES: dict[str, Rule] = {
    "type": text,
    "name": name,
    "redirect_uris": _redirects,
    "post_logout_redirect_uris": _redirects,
    "grant_types": _grants,
    "token_endpoint_auth_method": _method,
    "scopes": _scopes,
    "allowed_roles": _names,
    "allowed_apis": _names,
    "jwks": _jwks,
    "jwks_uri": page,
    "require_pkce": flag,
    "first_party": flag,
    "require_second_step": flag,
    "default_max_age": _seconds,
    "require_auth_time": flag,
    "access_lifetime": _lifetime,
    "client_uri": page,
    "logo_uri": page,
    "policy_uri": page,
    "tos_uri": page,
    "metadata_": _rest,
}
"""The rule of every field of a client. Empty values (None) take a field away."""
LISTS = frozenset(
    {"redirect_uris", "post_logout_redirect_uris", "grant_types", "scopes", "allowed_roles", "allowed_apis"}
)
"""The fields that are lists: taken away, they are empty."""
