"""How operators see the house: logs, health.

Owns the log format, its redaction, and the health endpoints. Does not own the audit trail.
"""

from flask import Flask

from idp.observe import logs, views


def init_app(app: Flask) -> None:
    """Set up logging and mount the health endpoints."""
    logs.init_app(app)
    app.register_blueprint(views.blueprint)
