"""What the signing keys refuse."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, NotFound

__all__ = ["Conflict", "DomainError", "InvalidToken", "NoActiveKey", "NotFound"]

UNKNOWN_ALGORITHM = _l("That signing algorithm is not known.")
UNKNOWN_KEY = _l("There is no key of that id.")
NEXT_WAITS = _l("There is a next key already.")
NO_NEXT_KEY = _l("There is no next key. Publish one first: idp key next")
TOO_EARLY = _l("The next key was published too recently: apps that keep the key set would refuse its tokens.")
ACTIVE_KEY = _l("That key signs. Rotate instead; in an emergency: idp key rotate --emergency")
STILL_VERIFIES = _l("Tokens of that key may be alive. To refuse them from now on: idp key retire KID --at-once")
RETIRED_KEY = _l("That key is retired already.")


class InvalidToken(Exception):
    """A token is not one of ours, or not any more; the text is for log and audit."""


class NoActiveKey(RuntimeError):
    """There is no key to sign with; a new one is never made silently."""
