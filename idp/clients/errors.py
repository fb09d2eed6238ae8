"""What the rules of client metadata refuse; each carries the registration error of RFC 7591 §3.2.2."""

from typing import Any

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, NotFound

__all__ = ["Conflict", "InvalidMetadata", "NotFound"]

NO_CLIENT = _l("There is no app of that id.")
NO_SECRET = _l("There is no secret of that id.")
LAST_SECRET = _l("That is the only secret of the app. Add another one first.")
TAKEN = _l("That client id is taken.")
CHANGED = _l("Somebody else changed this app meanwhile. Look at it again, then repeat your change.")
NO_SECRETS_HERE = _l("An app of this kind has no secret.")


class InvalidMetadata(DomainError):
    """A field of the metadata is not acceptable."""

    def __init__(self, field: str, public: Any) -> None:
        super().__init__(public, field=field)
        redirect = field in {"redirect_uris", "post_logout_redirect_uris"}
        self.code = "invalid_redirect_uri" if redirect else "invalid_client_metadata"
