"""How many mails strangers can cause: to one address, from one network, and in all."""

from idp.core.context import context
from idp.core.errors import TooMany
from idp.limits.policy import MAIL_ADDRESS, MAIL_NETWORK, MAIL_PAUSE, MAIL_TOTAL
from idp.limits.service import take


def may_mail(kind: str, email: str) -> bool:
    """Count a mail of a kind to an address, and tell whether it may go; the answer is the same for any address.

    Raises TooMany when it is this network that asks too much.
    """
    take(MAIL_NETWORK, context().ip or "")
    try:
        check_mail_pause(kind, email)
    except TooMany:
        return False
    return True


def check_mail_pause(kind: str, email: str) -> None:
    """Count a mail of a kind to an address; raise TooMany with the wait when it may not go yet."""
    take(MAIL_PAUSE, f"{kind}:{email}")
    take(MAIL_ADDRESS, email)
    take(MAIL_TOTAL, "all")
