"""What breaks when keys are refused, in sentences: the console and the command line say it before they do it."""

from flask_babel import gettext as _
from flask_babel import ngettext

from idp.core.clock import now
from idp.keyring.models import SigningKey, State
from idp.keyring.rotation import list_keys


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


def lost_with_key(row: SigningKey) -> list[str]:
    """Say what breaks when a key is retired."""
    if row.activated_at is None and row.state == State.VERIFY_ONLY:
        return [_("Tokens that were signed with it elsewhere verify with our keys no more.")]
    lost = [_("Every token it signed is refused at once, and it is published no more.")]
    if row.retire_at is not None and row.retire_at > now():
        lost.append(_("Such tokens may be good for a while yet: the worker retires the key when the last one is dead."))
    return lost
