"""The rules of registration metadata: one function a field (RFC 7591 §2, OIDC Registration §2)."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.clients.addresses import check_page, check_redirect
from idp.clients.errors import InvalidMetadata
from idp.clients.types import AUTH_METHODS, CODE, GRANT_TYPES, REFRESH, SECRET_METHODS, TYPES

_MOST = 50
_RSA_BITS = 2048
_LIST = _l("A list of texts is wanted.")
_CHOICE = _l("That value is not one this server knows.")
_NAME = _l("A name of 1 to 120 characters is wanted.")
_NUMBER = _l("A whole number of seconds is wanted.")
_KEYS = _l("A JWK Set of public RSA (2,048 bits or more), EC or Ed25519 keys is wanted, at most 20 of them.")
_BOTH = _l("Give either the keys or their address.")
_NEEDS_KEYS = _l("private_key_jwt needs the keys of the app, or their address.")
_NEEDS_REDIRECT = _l("An app that signs people in needs at least one redirect address.")
_PUBLIC_PKCE = _l("PKCE cannot be lifted for an app without a secret.")
_PUBLIC_MACHINE = _l("An app without a secret cannot act in its own name.")
_REFRESH_ALONE = _l("Refresh tokens come with a sign-in: add the authorization code grant.")
_SCOPE_NAME = _l("Scopes are printable words without spaces, quotes or backslashes.")


def clean(values: dict[str, Any]) -> dict[str, Any]:
    """Check metadata field by field and as a whole, and fill in what the type implies; raise InvalidMetadata."""
    kind = values.get("type", "web")
    if kind not in TYPES:
        raise InvalidMetadata("type", _CHOICE)
    defaults: dict[str, Any] = {
        "type": kind,
        "grant_types": list(TYPES[kind].grant_types),
        "token_endpoint_auth_method": TYPES[kind].auth_method,
        "scopes": [],
        "require_pkce": True,
    }
    given = {name: value for name, value in values.items() if value is not None}
    fields = {**defaults, **given}
    cleaned = {name: RULES[name](value, name, kind) for name, value in fields.items() if name in RULES}
    cleaned["response_types"] = ["code"] if CODE in cleaned["grant_types"] else []
    _check_whole(cleaned)
    return cleaned


def _check_whole(values: dict[str, Any]) -> None:
    grants, method = values["grant_types"], values["token_endpoint_auth_method"]
    public = method == "none"
    if CODE in grants and not values.get("redirect_uris"):
        raise InvalidMetadata("redirect_uris", _NEEDS_REDIRECT)
    if public and not values["require_pkce"]:
        raise InvalidMetadata("require_pkce", _PUBLIC_PKCE)
    if public and "client_credentials" in grants:
        raise InvalidMetadata("grant_types", _PUBLIC_MACHINE)
    if REFRESH in grants and len(grants) == 1:
        raise InvalidMetadata("grant_types", _REFRESH_ALONE)
    if values.get("jwks") and values.get("jwks_uri"):
        raise InvalidMetadata("jwks", _BOTH)
    if method == "private_key_jwt" and not (values.get("jwks") or values.get("jwks_uri")):
        raise InvalidMetadata("jwks", _NEEDS_KEYS)


def needs_secret(values: dict[str, Any]) -> bool:
    """Tell whether a client of these values has a secret."""
    return values["token_endpoint_auth_method"] in SECRET_METHODS


def _texts(value: Any, field: str, longest: int = _MOST) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > longest or not all(isinstance(item, str) for item in value):
        raise InvalidMetadata(field, _LIST)
    return list(dict.fromkeys(value))


def _redirects(value: Any, field: str, kind: str) -> list[str]:
    return [check_redirect(uri, field, kind) for uri in _texts(value, field)]


def _among(choices: tuple[str, ...]) -> Callable[[Any, str, str], list[str]]:
    def rule(value: Any, field: str, _kind: str) -> list[str]:
        found = _texts(value, field)
        if not set(found) <= set(choices):
            raise InvalidMetadata(field, _CHOICE)
        return found

    return rule


def _method(value: Any, field: str, _kind: str) -> str:
    if value not in AUTH_METHODS:
        raise InvalidMetadata(field, _CHOICE)
    return str(value)


def _scopes(value: Any, field: str, _kind: str) -> list[str]:
    # scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) (RFC 6749 §3.3)
    scopes = _texts(value.split() if isinstance(value, str) else value, field, 200)
    if any(not scope or not all("!" <= sign <= "~" and sign not in '"\\' for sign in scope) for scope in scopes):
        raise InvalidMetadata(field, _SCOPE_NAME)
    return scopes


def _plain_list(value: Any, field: str, _kind: str) -> list[str]:
    return _texts(value, field)


def _name(value: Any, field: str, _kind: str) -> str:
    text = "".join(sign for sign in value if sign.isprintable()).strip() if isinstance(value, str) else ""
    if not text or len(text) > 120:
        raise InvalidMetadata(field, _NAME)
    return text


def _flag(value: Any, field: str, _kind: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidMetadata(field, _CHOICE)
    return value


def _seconds(value: Any, field: str, _kind: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 31_536_000:
        raise InvalidMetadata(field, _NUMBER)
    return value


def _page(value: Any, field: str, _kind: str) -> str:
    return check_page(value, field)


def _jwks(value: Any, field: str, _kind: str) -> dict[str, Any]:
    """Take public keys only: no symmetric key, no private part, no short RSA key (RFC 7591 §2)."""
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= 20 or not all(isinstance(key, dict) for key in keys):
        raise InvalidMetadata(field, _KEYS)
    try:
        parsed = KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise InvalidMetadata(field, _KEYS) from error
    for key in parsed.keys:
        short = key.key_type == "RSA" and key.public_key.key_size < _RSA_BITS
        if key.key_type not in {"RSA", "EC", "OKP"} or key.is_private or short:
            raise InvalidMetadata(field, _KEYS)
    return {"keys": keys}


RULES: dict[str, Callable[[Any, str, str], Any]] = {
    "type": lambda value, _field, _kind: value,
    "name": _name,
    "redirect_uris": _redirects,
    "post_logout_redirect_uris": _redirects,
    "grant_types": _among(GRANT_TYPES),
    "token_endpoint_auth_method": _method,
    "scopes": _scopes,
    "allowed_roles": _plain_list,
    "allowed_apis": _plain_list,
    "jwks": _jwks,
    "jwks_uri": _page,
    "require_pkce": _flag,
    "first_party": _flag,
    "default_max_age": _seconds,
    "require_auth_time": _flag,
    "access_lifetime": _seconds,
    "client_uri": _page,
    "logo_uri": _page,
    "policy_uri": _page,
    "tos_uri": _page,
}
