"""Every limit of the house in one table."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limit:
    """So many tries in a window; after that a wait that grows with each strike."""

    name: str
    tries: int
    window: timedelta
    waits: tuple[timedelta, ...]
    """The wait after the first strike, the second, ...; the last one stays."""
    ceiling: int | None = None
    """Tries in a row, without a success between them, after which waiting does not help any more."""


def _minutes(*values: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=value) for value in values)


def _plain(name: str, tries: int, window: timedelta) -> Limit:
    return Limit(name, tries, window, (window,))


SIGN_IN = Limit("sign_in", 5, timedelta(minutes=15), _minutes(5, 15, 60), ceiling=100)
"""Passwords tried for one identifier, from browsers its owner has not used."""
SIGN_IN_KNOWN_BROWSER = Limit("sign_in_known_browser", 10, timedelta(minutes=15), _minutes(5, 15, 60))
"""Passwords tried for one account from a browser its owner has used before."""
SIGN_IN_ADDRESS = _plain("sign_in_address", 100, timedelta(minutes=15))
"""Failed sign-ins from one network address, whatever the accounts."""
SIGN_IN_ADDRESS_UNDER_ATTACK = _plain("sign_in_address_under_attack", 10, timedelta(minutes=15))
"""Failed sign-ins from one network address, while `SIGN_IN_TOTAL` is used up."""
SIGN_IN_TOTAL = _plain("sign_in_total", 1000, timedelta(minutes=15))
"""Failed sign-ins in all; past it somebody tries many accounts, and every address may fail less often."""
REAUTHENTICATE = Limit("reauthenticate", 5, timedelta(minutes=15), _minutes(5, 15, 60))
"""Passwords tried to confirm who one is, and to change the password, in a session."""
SECOND_STEP = Limit("second_step", 5, timedelta(minutes=15), _minutes(5, 15, 60), ceiling=100)
"""Codes tried for the second step of one account, from browsers its owner has not used; a password forgives none."""
SECOND_STEP_KNOWN_BROWSER = Limit("second_step_known_browser", 10, timedelta(minutes=15), _minutes(5, 15, 60))
"""Codes tried for the second step of one account from a browser its owner has used before."""
DEVICE_CODE = _plain("device_code", 5, timedelta(minutes=10))
"""Codes of devices typed in one browser; a right one forgives the wrong ones."""
DEVICE_CODE_NETWORK = _plain("device_code_network", 30, timedelta(minutes=10))
"""Codes of devices typed from one network address."""
DEVICE_CODE_TOTAL = _plain("device_code_total", 1000, timedelta(minutes=10))
"""Codes of devices typed in all: at 34 bits a code, a guess among a thousand that live has a chance of 1 in 25,000."""
DEVICE_REQUEST = _plain("device_request", 60, timedelta(minutes=10))
"""Codes handed to devices of one app at one network address."""
CLIENT_SECRET = Limit("client_secret", 30, timedelta(minutes=5), _minutes(1, 5))
"""Failed client authentications for one client id from one network address."""
PROTOCOL_REFUSALS = _plain("protocol_refusals", 300, timedelta(minutes=5))
"""Refused protocol requests of nobody in particular from one network address; past it they are not audited."""
API_KEY = _plain("api_key", 30, timedelta(minutes=5))
"""Wrong API keys from one network address; right ones go on."""
EMAIL_CODE = _plain("email_code", 5, timedelta(hours=24))
"""Six-digit codes tried for one mail."""
EMAIL_CODE_ADDRESS = _plain("email_code_address", 20, timedelta(hours=24))
"""Six-digit codes tried for one address, whatever the mails."""
MAIL_ADDRESS = _plain("mail_address", 5, timedelta(hours=1))
"""Mails that strangers can cause to one address."""
MAIL_NETWORK = _plain("mail_network", 30, timedelta(hours=1))
"""Mails caused from one network address."""
MAIL_PAUSE = _plain("mail_pause", 1, timedelta(seconds=60))
"""The pause between two mails of one kind to one address."""
MAIL_TOTAL = _plain("mail_total", 5000, timedelta(hours=1))
"""Mails that strangers can cause in all."""
MAIL_TRIAL = _plain("mail_trial", 10, timedelta(minutes=10))
"""Attempts to send a mail at once, while an operator waits for the conversation with the mail server."""
BLOCKED_MAIL = _plain("blocked_mail", 1, timedelta(hours=6))
"""Mails to the owner of an account about blocked sign-ins."""
REGISTER_NETWORK = _plain("register_network", 30, timedelta(hours=1))
"""Registrations from one network address."""
