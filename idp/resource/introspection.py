"""Check an access token by asking the issuer, who knows what was revoked a second ago (RFC 7662)."""

import hashlib
import threading
import time
from collections import OrderedDict
from typing import Any
from urllib.parse import quote_plus

import httpx

from .errors import InvalidToken
from .header import LONGEST
from .token import Token
from .verifier import LEEWAY, TokenChecker

LONGEST_CACHE = 60
"""More seconds than this would give away what introspection is for."""


class Introspector(TokenChecker):
    """Checks access tokens at the issuer's introspection endpoint; threads may share it.

    The client is one of type `api` at our issuer. With `cache_seconds` good answers are used again for so long, which
    is how late a revocation is noticed; by default every request asks.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        client_id: str,
        client_secret: str,
        *,
        leeway: int = LEEWAY,
        http: httpx.Client | None = None,
        cache_seconds: int = 0,
        cache_size: int = 1000,
    ) -> None:
        """Raise ValueError for a cache of more than a minute, and as every checker does."""
        super().__init__(issuer, audience, leeway=leeway, http=http)
        if not 0 <= cache_seconds <= LONGEST_CACHE:
            raise ValueError(f"the cache keeps answers for {LONGEST_CACHE} seconds at most")
        # RFC 6749 §2.3.1: both are encoded before they are put into the header.
        self._credentials = httpx.BasicAuth(quote_plus(client_id), quote_plus(client_secret))
        self._cache = _Cache(cache_seconds, cache_size)

    def verify_token(self, token: str) -> Token:
        """Ask about an access token; raise InvalidToken, IssuerUnreachable (RFC 7662 §2)."""
        if len(token) > LONGEST:
            raise InvalidToken("the token is too long")
        claims = self._cache.find(token)
        if claims is not None:
            return self.check_claims(claims)
        claims = self._ask(token)
        checked = self.check_claims(claims)
        self._cache.keep(token, claims)
        return checked

    def _ask(self, token: str) -> dict[str, Any]:
        claims = self.issuer.ask(
            "POST",
            self.issuer.endpoint("introspection_endpoint"),
            data={"token": token, "token_type_hint": "access_token"},
            auth=self._credentials,
            headers={"Accept": "application/json"},
        )
        if claims.get("active") is not True:
            raise InvalidToken("the token is not active")
        # The answer to a refresh token of this client is active too, and names no type (RFC 7662 §2.2).
        if str(claims.get("token_type", "")).lower() != "bearer":
            raise InvalidToken("this is no access token")
        return claims


class _Cache:
    """Answers about active tokens, by the digest of the token: a bounded number, each for a short time."""

    def __init__(self, seconds: int, size: int) -> None:
        self.seconds, self.size = seconds, size
        self._lock = threading.Lock()
        self._answers: OrderedDict[bytes, tuple[float, dict[str, Any]]] = OrderedDict()

    def find(self, token: str) -> dict[str, Any] | None:
        """Return what was answered a moment ago."""
        with self._lock:
            end, claims = self._answers.get(_digest(token), (0.0, None)) if self.seconds else (0.0, None)
        return claims if time.monotonic() < end else None

    def keep(self, token: str, claims: dict[str, Any]) -> None:
        """Keep an answer, and let the oldest go."""
        if not self.seconds:
            return
        with self._lock:
            self._answers.pop(_digest(token), None)
            self._answers[_digest(token)] = (time.monotonic() + self.seconds, claims)
            while len(self._answers) > self.size:
                self._answers.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
