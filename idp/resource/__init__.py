"""The kit for APIs: check the access tokens of our issuer, and say what is missing in a way that clients understand.

Owns the checks of RFC 9068, 7662, 6750, 9470 and 9728 on the side of the API, for Flask, WSGI, ASGI and anything else.
Does not own tokens, people or roles, and imports nothing of the server: only joserfc and httpx, and Flask in `flask`.
"""

from .errors import (
    InsufficientScope,
    InsufficientUserAuthentication,
    InvalidRequest,
    InvalidToken,
    IssuerUnreachable,
    NoToken,
    Refused,
)
from .introspection import Introspector
from .metadata import metadata_document, metadata_url
from .requirement import Requirement, check
from .token import Token
from .verifier import TokenChecker, Verifier

__all__ = [
    "InsufficientScope", "InsufficientUserAuthentication", "Introspector", "InvalidRequest", "InvalidToken",
    "IssuerUnreachable", "NoToken", "Refused", "Requirement", "Token", "TokenChecker", "Verifier", "check",
    "metadata_document", "metadata_url",
]  # fmt: skip
