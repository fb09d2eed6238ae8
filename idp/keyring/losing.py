"""What breaks when keys are refused or promoted, in sentences: console and command line say it before they do it."""

from datetime import timedelta

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from idp.core.clock import now
from idp.keyring.models import SigningKey, State
from idp.keyring.rotation import list_keys

_WELL_KNOWN = timedelta(hours=24)
"""How long apps may keep our keys: who promotes sooner is warned."""


def lost_in_emergency() -> list[str]:
    """Say what an emergency rotation breaks."""
    count = sum(row.state != State.RETIRED for row in list_keys())
    return [
        ngettext("%(num)s key is refused, of whatever algorithm.", "%(num)s keys are refused, of whatever algorithm.",
                 count),
        _("Every access token and ID token that is out there is refused at once."),
        _("Apps that keep our keys fail until they fetch the new one."),
        _("Do this when a private key may be in other hands."),
    ]  # fmt: skip


def find_young(alg: str) -> SigningKey | None:
    """Return the next key of an algorithm while apps that keep our keys for a day may not know it, else None."""
    waiting = (row for row in list_keys() if row.state == State.NEXT and row.alg == alg)
    return next((row for row in waiting if now() - row.created_at < _WELL_KNOWN), None)


def lost_with_promotion(alg: str) -> list[str]:
    """Say what it means when the next key of an algorithm signs from now on."""
    lines = [
        _("The key that signs now goes on verifying what it signed, and its private half is erased."),
        _("It cannot be made to sign again."),
    ]
    if (young := find_young(alg)) is not None:
        since = format_timedelta(now() - young.created_at, granularity="minute")
        lines.insert(0, _("The next key was published %(time)s ago, which is less than a day: apps that keep our keys "
                          "longer than that refuse people until they fetch it.", time=since))  # fmt: skip
    return lines


def lost_with_key(row: SigningKey) -> list[str]:
    """Say what breaks when a key is retired."""
    if row.activated_at is None and row.state == State.VERIFY_ONLY:
        return [_("Tokens that were signed with it elsewhere verify with our keys no more.")]
    lost = [_("Every token it signed is refused at once, and it is published no more.")]
    if row.retire_at is not None and row.retire_at > now():
        lost.append(_("Such tokens may be good for a while yet: the worker retires the key when the last one is dead."))
    return lost
