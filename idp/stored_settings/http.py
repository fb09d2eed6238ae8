"""Look for changed settings before a request is answered."""

from flask import request

from idp.stored_settings import live

_WITHOUT = {"static", "observe.livez"}
"""What must answer without the database."""


def hear_before_request() -> None:
    """Hear of changes, twice a second at most."""
    if request.endpoint not in _WITHOUT:
        live.refresh()
