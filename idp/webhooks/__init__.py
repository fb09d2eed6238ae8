"""Webhooks: what is recorded is told to addresses that the owners named, signed as Standard Webhooks says.

Owns the endpoints with their secrets, the choice of events, the signature, the calls and their log. Does not own the
events (idp.audit), nor when a call is tried again (idp.outbox); who is told that an endpoint was turned off listens to
its signal `webhook_given_up`.
"""

from flask import Flask

from idp.webhooks import listening, sending  # noqa: F401 - the outbox must know who sends


def init_app(app: Flask) -> None:
    """Hear of what is recorded."""
    del app
    listening.connect()
