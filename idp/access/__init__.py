"""Who may do what: APIs with permissions, roles that hold permissions, groups that hold roles.

Owns the tables, the effective permissions of a person, our own administrative permissions and the rule that the
last owner stays. Does not own what a token says of them (idp.oauth) nor which client is open to whom (idp.clients).
"""

from flask import Flask

from idp.access import models as _models  # noqa: F401 - the tables must be known
from idp.access import service


def init_app(app: Flask) -> None:
    """Start with no API remembered."""
    service.forget(app)
