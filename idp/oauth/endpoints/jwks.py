"""The public keys that check our signatures (RFC 7517 §5)."""

import hashlib

import orjson

from idp.keyring import service as keyring

MAX_AGE = 600
"""How long, in seconds, others may keep the answer; a key is published much longer before it signs."""


def jwks_document() -> tuple[bytes, str]:
    """Return the bytes of the key set and their entity tag."""
    body = orjson.dumps({"keys": keyring.published()})
    return body, hashlib.sha256(body).hexdigest()[:32]
