"""What the signing keys refuse."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, NotFound

__all__ = ["Conflict", "DomainError", "InvalidToken", "LockedKey", "NoActiveKey", "NotFound"]

UNKNOWN_ALGORITHM = _l("That signing algorithm is not known.")
UNKNOWN_KEY = _l("There is no key of that id.")
NEXT_WAITS = _l("There is a next key already.")
NO_NEXT_KEY = _l("There is no next key. Publish one first: idp key next")
TOO_EARLY = _l("The next key was published too recently: apps that keep the key set would refuse its tokens.")
ACTIVE_KEY = _l("That key signs. Rotate instead; in an emergency: idp key rotate --emergency")
STILL_VERIFIES = _l("Tokens of that key may be alive. To refuse them from now on: idp key retire KID --at-once")
RETIRED_KEY = _l("That key is retired already.")
UNREADABLE_KEY = _l("This is no key in PEM that can be read.")
LOCKED_KEY = _l("This key is encrypted. Its password is missing.")
WRONG_PASSWORD = _l("That password does not open the key, or the key is damaged.")
COSTLY_LOCK = _l("Trying the password of this key would take too long. Encrypt it anew, with at most 1,000,000 rounds.")
WRONG_TYPE = _l("Keys that sign here are RSA, EC on P-256 or P-384, or Ed25519.")
UNFIT_SIZE = _l("An RSA key here has 2048 to 8192 bits, and the exponent 65537.")
UNFIT_ALGORITHM = _l("That algorithm does not go with this key.")
PUBLIC_HALF = _l("This is the public half alone, which signs nothing: it can only be published to verify.")
BAD_KID = _l("An id has at most 64 letters, digits and . _ ~ : = + - and begins with a letter, a digit or _.")
BAD_DAYS = _l("Enter 1 to 400 days.")
KNOWN_KEY = _l("That key is here already.")


class LockedKey(DomainError):
    """A key to be imported is encrypted, and no password came with it."""


class InvalidToken(Exception):
    """A token is not one of ours, or not any more; the text is for log and audit."""


class NoActiveKey(RuntimeError):
    """There is no key to sign with; a new one is never made silently."""
