"""A client's public keys: registered inline, or fetched from its own address and kept for a while."""

import logging
import threading
from collections import OrderedDict
from typing import Any

import orjson
from flask_babel import lazy_gettext as _l
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from idp.clients.errors import InvalidMetadata
from idp.core import fetch
from idp.core.clock import timestamp
from idp.core.db import release_connection

_log = logging.getLogger("idp.clients")
FRESH = 300
"""Seconds for which fetched keys are not asked for again."""
RETRY = 60
"""Seconds between two questions to one address, whatever tokens name unknown keys meanwhile."""
STALE = 86_400
"""Seconds for which known keys are used while their address does not answer."""
_WAIT = 2.0
"""Seconds to wait for another thread's fetch when nothing is known yet."""
_MOST_ADDRESSES = 500
_MOST_KEYS = 20
_LONGEST_KEY = 8192
_RSA_BITS = (2048, 8192)
_CURVES = {"P-256", "P-384", "P-521", "Ed25519"}
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_UNFIT = _l("A JWK Set of public RSA (2,048 bits or more), EC or Ed25519 keys is wanted, at most 20 of them.")


def check_key_set(value: Any, field: str) -> dict[str, Any]:
    """Return a JWK Set of public signing keys; raise InvalidMetadata for any other (RFC 7591 §2, RFC 7517 §5)."""
    found = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(found, list) or not 1 <= len(found) <= _MOST_KEYS or not all(map(is_fit, found)):
        raise InvalidMetadata(field, _UNFIT)
    return {"keys": found}


def is_fit(jwk: Any) -> bool:
    """Tell whether something is a public key of a kind and size we verify with: nothing private, nothing symmetric."""
    if not isinstance(jwk, dict) or _PRIVATE & jwk.keys() or not isinstance(jwk.get("kid", ""), str):
        return False
    try:
        if len(orjson.dumps(jwk)) > _LONGEST_KEY:
            return False
        key = import_key(jwk)
        if isinstance(key, RSAKey):
            return _RSA_BITS[0] <= key.public_key.key_size <= _RSA_BITS[1]
        return isinstance(key, ECKey | OKPKey) and bool(key.public_key) and key.curve_name in _CURVES
    except (JoseError, ValueError, TypeError, KeyError):
        return False


def fetch_keys(uri: str) -> list[dict[str, Any]]:
    """Return the signing keys that an address answers with now; raise FetchError."""
    release_connection()
    return _read(fetch.fetch(uri))


def thumbprint(jwk: dict[str, Any]) -> str:
    """Return the thumbprint of a key (RFC 7638), by which people compare it with the one they made."""
    return str(import_key(jwk).thumbprint())


def public_keys(jwks: dict[str, Any] | None, jwks_uri: str | None, *, kid: str | None = None) -> list[dict[str, Any]]:
    """Return a client's keys for signatures; an address that does not answer gives none.

    `kid` is the key that is looked for: when it is not among the fetched ones they are asked for again, now and then.
    """
    if jwks is not None:
        return [jwk for jwk in jwks["keys"] if jwk.get("use", "sig") == "sig"]
    return _address(jwks_uri).keys(kid) if jwks_uri else []


class _Address:
    """What one address answered, and when."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.known: list[dict[str, Any]] = []
        self.fetched_at = self.tried_at = 0
        self.lock = threading.Lock()

    def keys(self, kid: str | None) -> list[dict[str, Any]]:
        """Return the keys, fetched when it is time; one thread fetches, the others use what is known."""
        moment = timestamp()
        if self._is_due(moment, kid) and self.lock.acquire(timeout=0 if self._has_any(moment) else _WAIT):
            try:
                if self._is_due(moment, kid):
                    self._fetch(moment)
            finally:
                self.lock.release()
        return self.known if self._has_any(moment) else []

    def _has_any(self, moment: int) -> bool:
        return bool(self.known) and moment - self.fetched_at < STALE

    def _is_due(self, moment: int, kid: str | None) -> bool:
        if moment - self.tried_at < RETRY:
            return False
        unknown = kid is not None and all(jwk.get("kid") != kid for jwk in self.known)
        return unknown or not self.known or moment - self.fetched_at >= FRESH

    def _fetch(self, moment: int) -> None:
        try:
            self.known = _read(fetch.fetch(self.uri))
            self.fetched_at = moment
        except fetch.FetchError as error:
            _log.warning("keys at %s cannot be had: %s", self.uri, error.reason)
        self.tried_at = timestamp()


_addresses: OrderedDict[str, _Address] = OrderedDict()
_lock = threading.Lock()


def _address(uri: str) -> _Address:
    with _lock:
        found = _addresses.pop(uri, None) or _Address(uri)
        _addresses[uri] = found
        while len(_addresses) > _MOST_ADDRESSES:
            _addresses.popitem(last=False)
        return found


def _read(body: bytes) -> list[dict[str, Any]]:
    """Read the signing keys out of an answer; unfit ones are passed over, as RFC 7517 §5 has it."""
    try:
        found = orjson.loads(body)["keys"]
    except (ValueError, KeyError, TypeError) as error:
        raise fetch.FetchError("not a JWK Set") from error
    if not isinstance(found, list):
        raise fetch.FetchError("not a JWK Set")
    return [jwk for jwk in found[:_MOST_KEYS] if is_fit(jwk) and jwk.get("use", "sig") == "sig"]
