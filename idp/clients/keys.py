"""A client's public keys: registered inline, or fetched from its own address and kept for a while."""

import threading
from typing import Any

import orjson

from idp.core import fetch
from idp.core.clock import timestamp

_KEPT = 300
_MOST = 500
_cache: dict[str, tuple[int, list[dict[str, Any]]]] = {}
_lock = threading.Lock()


def public_keys(jwks: dict[str, Any] | None, jwks_uri: str | None) -> list[dict[str, Any]]:
    """Return a client's keys; an address that does not answer gives none."""
    if jwks is not None:
        return list(jwks["keys"])
    return _fetched(jwks_uri) if jwks_uri else []


def _fetched(uri: str) -> list[dict[str, Any]]:
    moment = timestamp()
    with _lock:
        known = _cache.get(uri)
    if known and known[0] > moment:
        return known[1]
    try:
        keys = _read(fetch.fetch(uri))
    except fetch.FetchError:
        return known[1] if known else []
    with _lock:
        if len(_cache) >= _MOST:
            _cache.pop(next(iter(_cache)))
        _cache[uri] = (moment + _KEPT, keys)
    return keys


def _read(body: bytes) -> list[dict[str, Any]]:
    try:
        keys = orjson.loads(body)["keys"]
    except (ValueError, KeyError, TypeError) as error:
        raise fetch.FetchError("not a JWK Set") from error
    if not isinstance(keys, list):
        raise fetch.FetchError("not a JWK Set")
    return [
        key for key in keys[:20] if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"} and "d" not in key
    ]
