"""Secrets and signatures of Standard Webhooks 1.0.0."""

import base64
import binascii
import hashlib
import hmac
import secrets

from idp.webhooks.errors import BAD_SECRET, DomainError

PREFIX = "whsec_"
_BYTES = range(24, 65)


def new_secret() -> str:
    """Make a secret: "between 24 bytes (192 bits) and 64 bytes (512 bits)", in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """Return the key of a secret; raise DomainError for what is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise DomainError(BAD_SECRET, field="secret") from error
    if not secret.startswith(PREFIX) or len(key) not in _BYTES:
        raise DomainError(BAD_SECRET, field="secret")
    return key


def signature_headers(keys: list[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers; with several keys there is a signature of each, with spaces between."""
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    values = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{value}" for value in values),
    }
