"""What the rules of webhooks refuse."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, NotFound

NO_WEBHOOK = _l("There is no webhook of that name.")
NO_DELIVERY = _l("There is no delivery of that id.")
EVENT_GONE = _l("The event of that delivery is not kept any more.")
TAKEN = _l("That name is taken.")
BAD_NAME = _l("Names are 1 to 120 letters, digits, and . _ : / - signs.")
BAD_ADDRESS = _l("The address of a webhook begins with https:// and has no password and no fragment.")
NO_EVENTS = _l("Choose at least one event.")
UNKNOWN_EVENT = _l("There is an event or a pattern among them that matches nothing.")
BAD_SECRET = _l("A secret of a webhook is whsec_ and 24 to 64 bytes in base64.")
IS_OFF = _l("The webhook is turned off. Turn it on first.")
WAITS = _l("That delivery waits to be sent already.")

__all__ = ["Conflict", "DomainError", "NotFound"]
