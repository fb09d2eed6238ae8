"""Settings that are kept in the database: which ones may be, what they may hold, and how every process hears of them.

Owns the table of changed settings and the merged object that `settings()` returns. Does not own the settings
themselves nor their defaults (idp.core.settings), and keeps none that is needed to reach the database.
"""

from flask import Flask

from idp.stored_settings import live
from idp.stored_settings import models as _models  # noqa: F401 - the table must be known
from idp.stored_settings.http import hear_before_request


def init_app(app: Flask) -> None:
    """Begin with what file and environment say, and listen."""
    live.begin(app)
    app.before_request(hear_before_request)
