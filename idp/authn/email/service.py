"""The factor that everybody with an address has: a mail that holds a link and six digits, each good once."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l

from idp.accounts import errors
from idp.accounts.credentials.recovery import send_reset
from idp.accounts.email import links
from idp.accounts.email import mails as account_mails
from idp.accounts.email.addresses import normalise_email
from idp.accounts.email.links import SIGN_IN, credential_of
from idp.accounts.email.mail_limits import check_mail_pause, may_mail
from idp.accounts.errors import DeadLink
from idp.accounts.models import User
from idp.accounts.service import find_by_email, is_usable
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails
from idp.authn.errors import TooManyTries, WrongCode
from idp.authn.proof import Proof
from idp.core.clock import now
from idp.core.db import transaction
from idp.core.errors import NotFound, TooMany
from idp.core.settings import settings
from idp.limits.policy import EMAIL_CODE, EMAIL_CODE_ADDRESS
from idp.limits.service import take

AMR = "email"


def check_offered() -> None:
    """Raise NotFound when the house does not let people sign in by mail."""
    if not settings().accounts.email_sign_in:
        raise NotFound


def ask(email: str, *, browser: str) -> bool:
    """Mail a way in, if an account uses the address; the caller cannot tell.

    Returns whether a mail would go out now, or one went out just before. `browser` is the secret under which the six
    digits work in this browser. Raises UnfitAddress, and TooMany when this network asks too much.
    """
    _shown, normalised = normalise_email(email)
    if not may_mail(SIGN_IN, normalised):
        return False
    _mail(normalised, browser)
    return True


def ask_again(email: str, *, browser: str) -> bool:
    """Mail another one; raise TooMany during the pause between two mails."""
    _shown, normalised = normalise_email(email)
    check_mail_pause(SIGN_IN, normalised)
    _mail(normalised, browser)
    return True


def find(token: str) -> User:
    """Return whom a mailed link would sign in; raise DeadLink."""
    _link, user = links.find_link(token, SIGN_IN)
    if not is_usable(user):
        raise DeadLink
    return user


def verify_link(token: str) -> Proof:
    """Take a mailed link, once, and return what it proves; raise DeadLink."""
    return _prove(lambda: links.consume_link(token, SIGN_IN))


def verify_code(email: str, code: str, *, browser: str) -> Proof:
    """Take the six digits of a mail, once, and return what they prove; raise WrongCode, TooManyTries."""
    _shown, normalised = normalise_email(email)
    try:
        take(EMAIL_CODE_ADDRESS, normalised)
        take(EMAIL_CODE, browser)
        link_id = links.find_by_code(browser, code)
        return _prove(lambda: links.consume_link_by_id(link_id, SIGN_IN))
    except TooMany as error:
        record(Tag.LOGIN_FAILED, reason="limited", way=AMR)
        raise TooManyTries(error.retry_after, may_reset=False) from error
    except (errors.WrongCode, DeadLink) as error:
        record(Tag.LOGIN_FAILED, reason="code", way=AMR)
        raise WrongCode(_l("That code is not right. Check the newest mail, or use its link.")) from error


def _mail(email: str, browser: str) -> None:
    user = find_by_email(email)
    usable = user is not None and is_usable(user)
    with transaction():
        if user is None or not usable:
            links.pretend_to_issue(SIGN_IN)
            account_mails.pretend(email)
        elif not user.email_verified:
            # Whoever registered an address first may have chosen its password: its reader chooses a new one.
            send_reset(user)
        else:
            lifetime = settings().accounts.email_sign_in_lifetime
            mails.sign_in(user, links.issue_link(user, SIGN_IN, lifetime, browser=browser), lifetime)
        record(Tag.LOGIN_MAIL_REQUESTED, subject=f"user:{user.id}" if user else None, sent=usable)


def _prove(consume: Callable[[], User]) -> Proof:
    with transaction():
        user = consume()
        if not is_usable(user):
            raise DeadLink
        return Proof(user, (AMR,), now(), credential_of(user))
