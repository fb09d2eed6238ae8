"""API keys: what a program sends in a person's name, good for a part of what that person may do.

Owns the keys and the judgement whether one is good now. Does not own the API that takes them (idp.api), nor the
permissions themselves (idp.access).
"""

from flask import Flask

from idp.api_keys import listeners
from idp.api_keys import models as _models  # noqa: F401 - the table must be known


def init_app(app: Flask) -> None:
    """Hear of accounts that are turned off."""
    del app
    listeners.connect()
