"""Files of the trail that left the house: written, remembered, and vouched for by a signature.

Owns the record of each file and its signed manifest, with which somebody tells years later that a file is whole and
ours. Does not own the events (idp.audit) nor the keys that sign (idp.keyring).
"""

from flask import Flask

from idp.audit_files import models


def init_app(app: Flask) -> None:
    """Make the table known to the application."""
    app.extensions["idp.audit_files"] = models.AuditFile
