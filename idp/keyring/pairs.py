"""Key pairs: how each algorithm makes one, how a row keeps it, and how it comes out again."""

import json
import re
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from idp.core.cipher import seal, unseal
from idp.core.clock import now
from idp.core.sealed import sealed
from idp.core.secrets import equal, keyed_digest
from idp.keyring.models import SigningKey, State

Pair = RSAKey | ECKey | OKPKey
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
KID = re.compile(r"[A-Za-z0-9_.~:=+-]{1,64}")
"""The ids of keys: thumbprints are made of these, and so are the ids that others give."""
_RSA_BITS = 2048
"""RFC 7518 §3.3 asks for 2048 bits or more."""
_CURVES = {"ES256": "P-256", "ES384": "P-384"}


class UnfitRow(ValueError):
    """A row of the table is not one that we wrote, or cannot be read."""


def generate(alg: str) -> Pair:
    """Make a key pair for an algorithm; its id is the thumbprint of the key (RFC 7638)."""
    while str((pair := _generate(alg)).kid).startswith("-"):
        # A command line would take such an id for an option.
        continue
    return pair


def _generate(alg: str) -> Pair:
    if alg in _CURVES:
        return ECKey.generate_key(_CURVES[alg], auto_kid=True)
    if alg in {"EdDSA", "Ed25519"}:
        return OKPKey.generate_key("Ed25519", auto_kid=True)
    return RSAKey.generate_key(_RSA_BITS, auto_kid=True)


def new_row(alg: str, pair: Pair, *, kid: str = "", signs: bool = True) -> SigningKey:
    """Make the row of a pair that is to be the next key or, where it never signs here, of its public half alone."""
    kid = kid or str(pair.kid)
    public = {**pair.as_dict(private=False), "kid": kid, "use": "sig", "alg": alg}
    return SigningKey(
        kid=kid, alg=alg, state=State.NEXT if signs else State.VERIFY_ONLY, public_jwk=public,
        public_mark=_mark(kid, alg, public), created_at=now(),
        private_sealed=seal(_canonical(pair.as_dict(private=True)), bound_to=_place(kid)) if signs else None,
    )  # fmt: skip


def open_public(kid: str, alg: str, public_jwk: dict[str, Any], public_mark: str) -> Pair:
    """Parse the public half of a row; raise UnfitRow when it is not the one we wrote."""
    if alg not in ALGORITHMS or not equal(public_mark, _mark(kid, alg, public_jwk)):
        raise UnfitRow("row is not ours")
    return _parse(public_jwk)


def open_private(kid: str, private_sealed: str) -> Pair:
    """Open and parse the private half of a row; raise CipherError when another key-encryption key sealed it."""
    return _parse(json.loads(unseal(private_sealed, bound_to=_place(kid))))


def thumbprint(values: dict[str, Any]) -> str:
    """Return the thumbprint of a key (:rfc:`7638`), whatever its id is."""
    return import_key(values).thumbprint()


def _parse(values: dict[str, Any]) -> Pair:
    pair = import_key(values)
    if not isinstance(pair, RSAKey | ECKey | OKPKey):
        raise UnfitRow("key type")
    return pair


def _place(kid: str) -> str:
    return f"signing_keys:private_sealed:{kid}"


def _mark(kid: str, alg: str, public_jwk: dict[str, Any]) -> str:
    return keyed_digest("signing-key", _canonical([kid, alg, public_jwk]).decode())


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


sealed(SigningKey.private_sealed, SigningKey.kid, _place)
