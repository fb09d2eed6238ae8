"""The signing keys: where they come from, which one signs, which ones still verify.

Owns the keys' rows and states, signing and verification of our own tokens. Does not own what a token says,
nor the keys of clients (idp.clients.keys).
"""

from flask import Flask

from idp.keyring import models as _models  # noqa: F401 - the tables must be known
from idp.keyring import service


def init_app(app: Flask) -> None:
    """Start with nothing parsed."""
    service.forget(app)
