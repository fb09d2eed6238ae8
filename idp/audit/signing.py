"""Sign what vouches for the chain (Ed25519), with a key that is in no database: who can write there forges none."""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idp.core.cipher import derive


def sign(body: dict[str, Any]) -> str:
    """Return the signature of some values."""
    return _encode(_key().sign(_canonical(body)))


def is_signed(body: dict[str, Any], signature: str) -> bool:
    """Tell whether this server signed exactly these values."""
    try:
        _key().public_key().verify(base64.urlsafe_b64decode(signature), _canonical(body))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> str:
    """Return the public half, with which others check."""
    return _encode(_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive("audit-checkpoint"))


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()
