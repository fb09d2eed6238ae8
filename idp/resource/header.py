"""Where a token may be: in one `Authorization` header, and nowhere else (RFC 6750 §2.1)."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from .errors import InvalidRequest, NoToken

LONGEST = 16 * 1024
"""The longest token that is looked at, in characters."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def bearer_token(authorization: str | Sequence[str] | None) -> str:
    """Return the token of the `Authorization` header or headers.

    Raise NoToken, also for another scheme, and InvalidRequest for two headers or a malformed one (RFC 6750 §3.1).
    """
    values = [authorization] if isinstance(authorization, str) else list(authorization or ())
    if len(values) > 1:
        raise InvalidRequest("there is more than one Authorization header")
    scheme, _, token = (values[0] if values else "").strip(" \t").partition(" ")
    if scheme.lower() != "bearer":
        raise NoToken("an access token is needed, as Authorization: Bearer")
    token = token.strip(" \t")
    # Some servers join two headers with a comma, which no token contains.
    if not _TOKEN.fullmatch(token) or len(token) > LONGEST:
        raise InvalidRequest("the Authorization header is malformed")
    return token


def refuse_in_query(query: str | bytes) -> None:
    """Raise InvalidRequest for a token in the address: addresses are logged and remembered (RFC 6750 §2.3)."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    if any(name == "access_token" for name, _value in parse_qsl(text, keep_blank_values=True)):
        raise InvalidRequest("an access token in the query is not accepted")
