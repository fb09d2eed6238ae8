"""The ID token: who signed in, when and how, said to one app (OIDC Core §2)."""

import base64
import hashlib
from typing import Any

from idp.clients.service import ClientInfo
from idp.core.clock import timestamp
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.standing import GrantState, is_live

TYPE = "JWT"
_HASHES = {
    "RS256": hashlib.sha256, "PS256": hashlib.sha256, "ES256": hashlib.sha256,
    "ES384": hashlib.sha384, "Ed25519": hashlib.sha512, "EdDSA": hashlib.sha512,
}  # fmt: skip


def identity_claims(
    client: ClientInfo, grant: GrantState, extra: dict[str, Any], *, nonce: str | None = None
) -> dict[str, Any]:
    """Build the claims of an ID token; the fixed ones come last, so that no claim of a person can stand in for them."""
    moment = timestamp()
    fixed: dict[str, Any] = {
        "iss": settings().issuer,
        "sub": grant.user.id,
        "aud": client.id,
        "exp": moment + int(settings().tokens.identity.total_seconds()),
        "iat": moment,
        "auth_time": int(grant.auth_time.timestamp()),
        "nonce": nonce,
        "acr": grant.acr,
        "amr": grant.amr,
        "sid": grant.session_id if is_live(grant.session) else None,
    }
    return {**extra, **{name: value for name, value in fixed.items() if value is not None}}


def sign_id_token(claims: dict[str, Any], *, access_token: str, alg: str = "RS256") -> str:
    """Sign an ID token that is bound to the access token beside it (OIDC Core §3.1.3.6)."""
    return keyring.sign({**claims, "at_hash": half_hash(access_token, alg)}, typ=TYPE, alg=alg)


def half_hash(value: str, alg: str) -> str:
    """Return the left half of the hash of a token, by the hash of the signature's algorithm (OIDC Core §3.1.3.6)."""
    full = _HASHES[alg](value.encode("ascii")).digest()
    return base64.urlsafe_b64encode(full[: len(full) // 2]).rstrip(b"=").decode("ascii")
