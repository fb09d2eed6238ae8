"""How many mails strangers can cause: to one address, from one network, and in all."""

from idp.core.context import context
from idp.core.db import transaction
from idp.core.errors import TooMany
from idp.limits.policy import MAIL_ADDRESS, MAIL_NETWORK, MAIL_PAUSE, MAIL_TOTAL
from idp.limits.service import take


def may_mail(kind: str, email: str) -> bool:
    """Count a mail of a kind to an address, and tell whether it may go; the answer is the same for any address.

    Raises TooMany when it is this network that asks too much.
    """
    try:
        check_mail_pause(kind, email)
    except _AddressIsPaused:
        return False
    return True


def check_mail_pause(kind: str, email: str) -> None:
    """Count a mail of a kind to an address; raise TooMany with the wait when it may not go yet.

    All is counted in one transaction, which stands even when one of the limits refuses.
    """
    refusal: TooMany | None = None
    with transaction():
        try:
            take(MAIL_NETWORK, context().ip or "")
            _count_for_address(kind, email)
        except TooMany as error:
            refusal = error
    if refusal:
        raise refusal


class _AddressIsPaused(TooMany):
    """It is the address, and not the network, that has had enough."""


def _count_for_address(kind: str, email: str) -> None:
    try:
        take(MAIL_PAUSE, f"{kind}:{email}")
        take(MAIL_ADDRESS, email)
        take(MAIL_TOTAL, "all")
    except TooMany as error:
        raise _AddressIsPaused(error.retry_after, error.public) from error
