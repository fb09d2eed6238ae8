"""Client secrets, in the Authorization header or in the body (RFC 6749 §2.3.1)."""

import base64
import binascii
from urllib.parse import unquote_plus

from idp.clients.service import ClientInfo, find_client, waste_secret_time
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import UNKNOWN_CREDENTIALS

_LONGEST = 4096


def read_basic(header: str) -> tuple[str, str]:
    """Read client id and secret from a Basic header; both are form-encoded inside (RFC 6749 §2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST:
        raise Refused(UNKNOWN_CREDENTIALS, detail="not a Basic header")
    try:
        pair = base64.b64decode(encoded.strip().encode("ascii"), validate=True).decode("utf-8")
        client_id, colon, secret = pair.partition(":")
        client_id, secret = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError) as error:
        raise Refused(UNKNOWN_CREDENTIALS, detail="Basic header cannot be decoded") from error
    if not colon or not client_id or "\x00" in client_id + secret:
        raise Refused(UNKNOWN_CREDENTIALS, detail="Basic header without id or colon")
    return client_id, secret


def check_secret(client_id: str, secret: str) -> ClientInfo:
    """Return the client a secret belongs to; the work is the same for unknown and disabled clients."""
    client = find_client(client_id)
    if client is None:
        waste_secret_time(secret)
        raise Refused(UNKNOWN_CREDENTIALS, detail="unknown client")
    right = client.has_secret(secret)
    if not right or not client.is_enabled:
        raise Refused(UNKNOWN_CREDENTIALS, detail="disabled client" if right else f"wrong secret of {client.id}")
    return client
