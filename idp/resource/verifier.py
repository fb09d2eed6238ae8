"""Check an access token: by its signature, without asking anybody."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from .errors import InvalidToken
from .header import LONGEST, bearer_token
from .issuer import Issuer
from .keys import KeyCache
from .metadata import metadata_url
from .token import Token, check_claims

ALGORITHMS = ("RS256",)
"""What our issuer signs access tokens with. It is no setting: `none` and HMAC must never come in (RFC 8725 §3.1)."""
TYPES = ("at+jwt", "application/at+jwt")
"""What an access token says it is; an ID token says something else (RFC 9068 §4)."""
LEEWAY = 30


class TokenChecker(ABC):
    """What both ways to check a token have in common: one issuer, one audience, one result."""

    def __init__(self, issuer: str, audience: str, *, leeway: int = LEEWAY, http: httpx.Client | None = None) -> None:
        """Raise ValueError for an issuer without https, no audience, or a leeway of more than five minutes."""
        if not audience:
            raise ValueError("the audience is the identifier of this API")
        if not 0 <= leeway <= 300:
            raise ValueError("the leeway is a number of seconds, 300 at most")
        self.issuer, self.audience, self.leeway = Issuer(issuer, http), audience, leeway

    @property
    def resource_metadata(self) -> str | None:
        """Where the metadata of this API is, for challenges (RFC 9728 §5.1)."""
        return metadata_url(self.audience)

    def verify(self, authorization: str | Sequence[str] | None) -> Token:
        """Check the `Authorization` header, or all headers of that name, and return the token.

        Raise NoToken, InvalidRequest, InvalidToken (RFC 6750 §3.1), IssuerUnreachable.
        """
        return self.verify_token(bearer_token(authorization))

    @abstractmethod
    def verify_token(self, token: str) -> Token:
        """Check an access token; raise InvalidToken, IssuerUnreachable."""

    def check_claims(self, claims: dict[str, Any]) -> Token:
        """Check what a token says that is known to be of the issuer; raise InvalidToken (RFC 9068 §4)."""
        return check_claims(
            claims, issuer=self.issuer.identifier, audience=self.audience, now=time.time(), leeway=self.leeway
        )


class Verifier(TokenChecker):
    """Checks access tokens with the issuer's public keys; threads may share it.

    A token that was revoked is good until it expires: where that is too long, use Introspector.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        leeway: int = LEEWAY,
        http: httpx.Client | None = None,
        refetch_interval: float = 30.0,
    ) -> None:
        """Raise ValueError as every checker does.

        `refetch_interval` is how often, in seconds, a token with an unknown key may make us ask the issuer.
        """
        super().__init__(issuer, audience, leeway=leeway, http=http)
        self.keys = KeyCache(self.issuer, interval=refetch_interval)

    def verify_token(self, token: str) -> Token:
        """Check an access token; raise InvalidToken, IssuerUnreachable (RFC 9068 §4)."""
        if len(token) > LONGEST:
            raise InvalidToken("the token is too long")
        key = self._find_key(_read_header(token))
        try:
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise InvalidToken("the token's signature is wrong") from error
        return self.check_claims(claims)

    def _find_key(self, header: dict[str, Any]) -> RSAKey:
        """Judge the header before anything is asked or computed; the key is ours to choose, never the token's."""
        if header.get("alg") not in ALGORITHMS:
            raise InvalidToken("the token is signed with another algorithm")
        if header.get("typ") not in TYPES:
            raise InvalidToken("this is no access token")
        if "crit" in header or not isinstance(header.get("kid"), str):
            raise InvalidToken("the token's header is not one of ours")
        key = self.keys.find(header["kid"])
        if key is None:
            raise InvalidToken("the token is signed with an unknown key")
        return key


def _read_header(token: str) -> dict[str, Any]:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise InvalidToken("this is no token") from error
    if not isinstance(header, dict):
        raise InvalidToken("this is no token")
    return header
