"""The issuer's public keys: kept, read again when old or when a token names another, and not more often than that."""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from .errors import IssuerUnreachable
from .issuer import Issuer

_SHORTEST_MODULUS = 2048
_log = logging.getLogger("idp.resource")


@dataclass
class KeyCache:
    """The keys of one issuer; threads may share it.

    Our issuer publishes a key 15 minutes before it signs, so a cache that is renewed every ten meets no unknown key
    even while somebody exhausts `interval` with invented ones.
    """

    issuer: Issuer
    lifetime: float = 600.0
    """After so many seconds the keys are read again."""
    interval: float = 30.0
    """Unknown key ids cause one request in so many seconds."""
    longest: float = 86400.0
    """So long old keys are used while the issuer does not answer: a leaked key must end at some time."""
    _keys: dict[str, RSAKey] = field(default_factory=dict, init=False)
    _read_at: float = field(default=float("-inf"), init=False)
    _tried_at: float = field(default=float("-inf"), init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def find(self, key_id: str) -> RSAKey | None:
        """Return the key of an id, or None for an id that the issuer does not know; raise IssuerUnreachable."""
        key = self._keys.get(key_id)
        age = time.monotonic() - self._read_at
        if key is not None and age < self.lifetime:
            return key
        if key is not None and age < self.longest:
            # The old key will do for the others while one thread asks for the new ones.
            if self._lock.acquire(blocking=False):
                try:
                    self._read()
                finally:
                    self._lock.release()
        else:
            with self._lock:
                if key_id not in self._keys or self._is_too_old():
                    self._read()
        return self._find_now(key_id)

    def _find_now(self, key_id: str) -> RSAKey | None:
        if self._is_too_old():
            raise IssuerUnreachable("the issuer's keys cannot be read")
        key = self._keys.get(key_id)
        if key is None and self._tried_at > self._read_at:
            raise IssuerUnreachable("the issuer's keys cannot be read")
        return key

    def _is_too_old(self) -> bool:
        return time.monotonic() - self._read_at >= self.longest

    def _read(self) -> None:
        """Read the keys unless that was tried a moment ago; what is known stays when it fails."""
        moment = time.monotonic()
        # Until the first answer nothing works, so a start before the issuer's own is tried again soon.
        never = self._read_at == float("-inf")
        if moment - self._tried_at < (min(self.interval, 1.0) if never else self.interval):
            return
        self._tried_at = moment
        try:
            document = self.issuer.ask("GET", self.issuer.endpoint("jwks_uri"))
        except IssuerUnreachable:
            return
        if not isinstance(document.get("keys"), list):
            _log.error("the issuer's key set is none")
            return
        # Also when no key is left in it: what the issuer has withdrawn is not good any more.
        self._keys, self._read_at = import_keys(document), moment


def import_keys(document: dict[str, Any]) -> dict[str, RSAKey]:
    """Return the RSA keys of a key set that sign, by their id; what else is in it is left out (RFC 7517 §5).

    Only public RSA keys come in, so no secret of a key set can ever check a signature by HMAC (RFC 8725 §2.1).
    """
    found: dict[str, RSAKey] = {}
    for entry in document["keys"]:
        if not isinstance(entry, dict) or not _signs(entry):
            continue
        try:
            key = RSAKey.import_key({name: entry[name] for name in ("kty", "n", "e")})
            long_enough = key.public_key.key_size >= _SHORTEST_MODULUS
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if long_enough:
            found[entry["kid"]] = key
    return found


def _signs(entry: dict[str, Any]) -> bool:
    wanted = entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", "RS256") == "RS256"
    return wanted and isinstance(entry.get("kid"), str) and bool(entry["kid"])
