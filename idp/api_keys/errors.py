"""What the rules of API keys refuse."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, Forbidden, NotFound

NO_KEY = _l("There is no API key of that id.")
NO_LABEL = _l("Say what the key is for.")
NO_PERMISSIONS = _l("Choose at least one permission.")
UNKNOWN_PERMISSION = _l("There is no permission of that name.")
NOT_HELD = _l("A key can do nothing that its owner may not do.")
MANY_KEYS = _l("There are enough keys. Revoke one first.")
PAST = _l("A key that has expired already is of no use.")

__all__ = ["Conflict", "DomainError", "Forbidden", "NotFound"]
