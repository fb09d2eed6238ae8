"""The pause of sign-in after wrong passwords: where an account's tries are counted, and how long it lasts."""

from datetime import datetime

from idp.limits.policy import SIGN_IN
from idp.limits.service import held_until


def key_of(user_id: str) -> str:
    """Return the key of an account's counter: one, whatever name it is tried by."""
    return f"user:{user_id}"


def paused_until(user_id: str) -> datetime | None:
    """Return until when nobody signs in with a password from a browser that is new to an account; None if they may."""
    return held_until(SIGN_IN, key_of(user_id))
