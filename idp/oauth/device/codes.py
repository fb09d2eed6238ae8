"""The code that a device shows: short, spoken and typed without mistakes (RFC 8628 §6.1)."""

import secrets

from idp.core.secrets import keyed_digest

_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty letters that spell no word; eight of them are more than 34 bits."""
_LENGTH = 8


def new_user_code() -> str:
    """Make a code, `WDJB-MJHT`."""
    return written("".join(secrets.choice(_CONSONANTS) for _sign in range(_LENGTH)))


def read_user_code(text: str) -> str | None:
    """Return a code as it was meant, whatever the case, dashes and spaces; None when it cannot be one."""
    signs = "".join(sign for sign in text[:64].upper() if sign.isalnum())
    return written(signs) if len(signs) == _LENGTH and set(signs) <= set(_CONSONANTS) else None


def written(signs: str) -> str:
    """Write the eight letters in two groups."""
    return f"{signs[:4]}-{signs[4:]}"


def digest_of(user_code: str) -> str:
    """Return what the database keeps of it: with a key, because it is short."""
    return keyed_digest("device-user-code", user_code)
