"""Make key pairs, and parse them: once, because a parse costs as much as a hundred signatures."""

import json
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.core.cipher import seal, unseal
from idp.keyring.models import SigningKey, State

Pair = RSAKey | ECKey | OKPKey
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
_RSA_BITS = 2048
_CURVES = {"ES256": "P-256", "ES384": "P-384"}


@dataclass
class LoadedKey:
    """A key as the process holds it: parsed, with its header ready."""

    kid: str
    alg: str
    state: str
    pair: Pair
    public_jwk: dict[str, Any]
    registry: jws.JWSRegistry = field(init=False)

    def __post_init__(self) -> None:
        self.registry = jws.JWSRegistry(algorithms=[self.alg])

    @property
    def is_published(self) -> bool:
        """Whether the key stands in the JWKS."""
        return self.state != State.RETIRED


def generate(alg: str) -> Pair:
    """Make a key pair for an algorithm (RFC 7518 §3.3 asks for RSA keys of 2048 bits or more)."""
    if alg in {"RS256", "PS256"}:
        return RSAKey.generate_key(_RSA_BITS, auto_kid=True)
    if alg in _CURVES:
        return ECKey.generate_key(_CURVES[alg], auto_kid=True)
    return OKPKey.generate_key("Ed25519", auto_kid=True)


def new_row(alg: str, state: State) -> SigningKey:
    """Make a key pair and its row."""
    pair = generate(alg)
    kid = str(pair.kid)
    public = {**pair.as_dict(private=False), "kid": kid, "use": "sig", "alg": alg}
    private = json.dumps(pair.as_dict(private=True)).encode()
    return SigningKey(
        kid=kid, alg=alg, state=state, public_jwk=public, private_sealed=seal(private, bound_to=_place(kid))
    )


def load(row: SigningKey) -> LoadedKey:
    """Open and parse a row's private key."""
    values = json.loads(unseal(row.private_sealed, bound_to=_place(row.kid)))
    kinds: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    pair: Pair = kinds[values["kty"]].import_key(values)
    return LoadedKey(row.kid, row.alg, row.state, pair, row.public_jwk)


def _place(kid: str) -> str:
    return f"signing_keys:private:{kid}"
