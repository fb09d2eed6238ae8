"""What the rules of client metadata refuse; each carries the registration error of RFC 7591 §3.2.2."""

from typing import Any

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, NotFound

__all__ = ["Conflict", "InvalidMetadata", "NotFound"]

NO_CLIENT = _l("There is no app of that id.")
NO_SECRET = _l("There is no secret of that id.")
NO_CLIENT_KEYS = _l("This app proves itself without keys of its own.")
SHORT_SECRET = _l("A secret has at least 32 characters.")
LAST_SECRET = _l("That is the only secret of the app that works. Add another one first.")
MANY_SECRETS = _l("The app has enough secrets. Remove one first.")
TAKEN = _l("That client id is taken.")
UNFIT_ID = _l("A client id is 3 to 200 letters, digits, and . _ ~ : / - signs, and does not look like a person's id.")
NO_SECRETS_HERE = _l("An app that authenticates this way has no secret.")
NOT_METADATA = _l("A JSON object of client metadata is wanted.")
UNKNOWN_FIELD = _l("There is no client metadata of that name.")
NOT_YET = _l("This server does not do that.")

REDIRECT_FIELDS = frozenset({"redirect_uris", "post_logout_redirect_uris"})


class MetadataNotFetched(DomainError):
    """The address of an app's metadata did not answer as it should, or may not be asked."""

    def __init__(self, public: Any) -> None:
        super().__init__(public, field="url")


class InvalidMetadata(DomainError):
    """A field of the metadata is not acceptable; `code` is the error of RFC 7591 §3.2.2."""

    def __init__(self, field: str, public: Any) -> None:
        super().__init__(public, field=field)
        self.code = "invalid_redirect_uri" if field in REDIRECT_FIELDS else "invalid_client_metadata"
