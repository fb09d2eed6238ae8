"""Durable deliveries: what must leave the house even when the other side is down.

Owns the rows, their claiming, the waits between tries and the dead letters. Does not own what is delivered: a slice
puts a row into its own transaction and registers the function that sends it.
"""

from flask import Flask

from idp.outbox import models


def init_app(app: Flask) -> None:
    """Make the table known to the application."""
    app.extensions["idp.outbox"] = models.Delivery
