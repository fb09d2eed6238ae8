"""The checks a relying party owes its people, each with what was expected and what came."""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_ALGORITHMS = {"RS256": "sha256", "PS256": "sha256", "ES256": "sha256", "ES384": "sha384"}
_LEEWAY_SECONDS = 5


@dataclass(frozen=True)
class Check:
    """One check: its name, whether it passed, and the two values that were compared."""

    name: str
    passed: bool
    expected: str = ""
    got: str = ""
    doc: str = "docs/explanation/token-design.md"


@dataclass
class Verified:
    """An ID token after its checks."""

    checks: list[Check]
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)


def check_metadata(metadata: dict[str, Any], issuer: str) -> Check:
    """The document names the issuer it was fetched from (OpenID Connect Discovery §4.3)."""
    return _equal("discovery", issuer, metadata.get("issuer"))


def check_answer(answer: dict[str, str], issuer: str) -> list[Check]:
    """The redirect comes from the provider that was asked (RFC 9207 §2.4)."""
    return [_equal("iss of the answer", issuer, answer.get("iss"))]


def check_id_token(
    token: str, *, keys: dict[str, Any], issuer: str, client_id: str, nonce: str | None, access_token: str
) -> Verified:
    """Check an ID token as OpenID Connect Core §3.1.3.7 asks, and the hash of §3.1.3.6.

    `nonce` is None where no request could carry one.
    """
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))  # type: ignore[arg-type]
    except (JoseError, ValueError) as error:
        return Verified([Check("signature", passed=False, expected="one by a published key", got=str(error))])
    claims, header = decoded.claims, decoded.header
    audience = claims.get("aud")
    left = int(claims.get("exp", 0)) - time.time()
    at_hash = left_half_hash(access_token, header["alg"])
    checks = [
        Check("signature", passed=True, got=f"{header['alg']} kid {header.get('kid')}"),
        _equal("iss", issuer, claims.get("iss")),
        Check("aud", client_id in (audience if isinstance(audience, list) else [audience]), client_id, str(audience)),
        Check("exp", left > -_LEEWAY_SECONDS, "a moment to come", f"{left:.0f} s from now"),
        *([_equal("nonce", nonce, claims.get("nonce"))] if nonce is not None else []),
        _equal("at_hash", at_hash, claims.get("at_hash")),
    ]
    return Verified(checks, dict(claims), dict(header))


def check_access_token(token: str, *, keys: dict[str, Any], issuer: str, audience: str, client_id: str) -> Verified:
    """Check an access token as an API does (RFC 9068 §4)."""
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))  # type: ignore[arg-type]
    except (JoseError, ValueError) as error:
        return Verified([Check("signature", passed=False, expected="one by a published key", got=str(error))])
    claims, header = decoded.claims, decoded.header
    named = claims.get("aud")
    left = int(claims.get("exp", 0)) - time.time()
    checks = [
        Check("signature", passed=True, got=f"{header['alg']} kid {header.get('kid')}"),
        _equal("iss", issuer, claims.get("iss")),
        Check("aud", audience in (named if isinstance(named, list) else [named]), audience, str(named)),
        Check("exp", left > -_LEEWAY_SECONDS, "a moment to come", f"{left:.0f} s from now"),
        _equal("client_id", client_id, claims.get("client_id")),
    ]
    return Verified(checks, dict(claims), dict(header))


def check_userinfo(person: dict[str, Any], claims: dict[str, Any]) -> Check:
    """UserInfo is about the person of the ID token (OpenID Connect Core §5.3.2)."""
    return _equal("sub of UserInfo", str(claims.get("sub")), person.get("sub"))


def left_half_hash(value: str, algorithm: str) -> str:
    """Return the left half of a token's hash, in base64url (OpenID Connect Core §3.1.3.6)."""
    digest = hashlib.new(_ALGORITHMS[algorithm], value.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _equal(name: str, expected: str, got: Any) -> Check:
    return Check(name, got == expected, expected, str(got))
