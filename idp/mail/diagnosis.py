"""What was wrong in a conversation with a mail server, and what to change, in plain words."""

import binascii
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Finding:
    """What came of an attempt."""

    name: str
    """For programs and for the trail."""
    says: Any
    advice: Any


SENT = Finding(
    "sent",
    _l("The mail server took the mail."),
    _l("Look into the mailbox. Does it not arrive, or as spam? Then set SPF, DKIM and DMARC for the sender’s domain."),
)
NO_SERVER = Finding(
    "no_server",
    _l("No mail server is set: mails are kept here and shown at /dev/mail."),
    _l("Set mail.url to smtp://user:password@host:587 or smtps://user:password@host:465, and start the server anew."),
)
_NAME = Finding(
    "name",
    _l("The name of the mail server was not found."),
    _l("Look for a typing mistake in the host of mail.url, and whether this machine can ask a name server."),
)
_CERTIFICATE = Finding(
    "certificate",
    _l("The certificate of the mail server was not accepted."),
    _l("Name the host in mail.url as its certificate does; let this machine trust the authority that issued it."),
)
_NO_TLS = Finding(
    "tls",
    _l("No encrypted connection came about."),
    _l("smtps:// is for ports that encrypt from the first byte, mostly 465. For 587 write smtp://."),
)
_REFUSED_CONNECTION = Finding(
    "connection_refused",
    _l("Nothing answers at this host and port."),
    _l("Check the port in mail.url: mostly 587 for smtp:// and 465 for smtps://. Is the mail server running?"),
)
_SILENT_CONNECTION = Finding(
    "no_connection",
    _l("The mail server could not be reached."),
    _l("A firewall may be in between: many hosts close port 25, some 587 too. Try from this machine by hand."),
)
_SILENT = Finding(
    "timeout",
    _l("The mail server did not answer in time."),
    _l("Try again. If there was no greeting at all, the port may want encryption from the first byte: smtps://."),
)
_BROKE_OFF = Finding(
    "broke_off",
    _l("The mail server ended the conversation."),
    _l("Its last answer may say why. It may turn away this machine’s address, or want encryption: smtps://."),
)
_GREETING = Finding(
    "greeting",
    _l("The mail server turned us away at the greeting."),
    _l("Its answer says why. Often the address of this machine is on a list of those it does not talk to."),
)
_HELLO = Finding(
    "hello",
    _l("The mail server did not accept our name."),
    _l("We greet with the host of the issuer. Give it an address in the DNS that leads to this machine."),
)
_NO_SIGN_IN = Finding(
    "no_sign_in",
    _l("The mail server offers no safe way to sign in."),
    _l("The password is sent over encrypted connections only: use smtps://, or a port with STARTTLS, mostly 587."),
)
_SIGN_IN = Finding(
    "authentication",
    _l("The mail server refused user name or password."),
    _l("Check both in mail.url; write signs as @ : / in them as %40 %3A %2F. Some providers want an app password."),
)
_UNFIT_SIGN_IN = Finding(
    "unfit_password",
    _l("User name or password in mail.url has a sign that cannot be sent."),
    _l("Choose a password of plain letters, digits and signs for the mail server."),
)
_SENDER = Finding(
    "sender",
    _l("The mail server refused the sender."),
    _l("Set mail.sender to an address that this user of the mail server may send from. Without a user, add one."),
)
_RECIPIENT = Finding(
    "recipient",
    _l("The mail server refused the recipient."),
    _l("Is the address right? If the server says that it does not relay, it wants a user and password in mail.url."),
)
_MAIL = Finding(
    "mail",
    _l("The mail server refused the mail itself."),
    _l("Its answer says why: a limit of mails may be used up, or the sender’s domain has no SPF or DKIM."),
)
_CAUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Finding], ...] = (
    (socket.gaierror, _NAME),
    (ssl.SSLCertVerificationError, _CERTIFICATE),
    (ssl.SSLError, _NO_TLS),
    (ConnectionRefusedError, _REFUSED_CONNECTION),
    (smtplib.SMTPAuthenticationError, _SIGN_IN),
    (smtplib.SMTPSenderRefused, _SENDER),
    (smtplib.SMTPRecipientsRefused, _RECIPIENT),
    (smtplib.SMTPDataError, _MAIL),
    (smtplib.SMTPHeloError, _HELLO),
    (smtplib.SMTPConnectError, _GREETING),
    (smtplib.SMTPNotSupportedError, _NO_SIGN_IN),
    (binascii.Error, _NO_SIGN_IN),
    (TimeoutError, _SILENT),
    ((smtplib.SMTPServerDisconnected, ConnectionError), _BROKE_OFF),
)
"""What each error means; the first that fits."""


def find_cause(error: Exception, *, last: str) -> Finding | None:
    """Return what an error means after the last command that was sent; None for what has nothing to do with mail."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        # smtplib calls every trouble while it waits for an answer so.
        error = error.__context__
    for kinds, finding in _CAUSES:
        if isinstance(error, kinds):
            return finding
    if isinstance(error, UnicodeError):
        return _UNFIT_SIGN_IN if last else _NAME
    if isinstance(error, smtplib.SMTPException):
        return _NO_TLS if last == "STARTTLS" else _NO_SIGN_IN
    return _SILENT_CONNECTION if isinstance(error, OSError) else None
