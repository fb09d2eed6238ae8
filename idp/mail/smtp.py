"""The SMTP conversation: Flask-Mail's messages on a connection with a timeout, and what each answer means."""

import contextlib
import smtplib
import ssl
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import flask_mail
from flask import Flask, current_app

from idp.core import extensions
from idp.core.settings import Settings, is_loopback, settings
from idp.outbox.service import Refused, Uncertain, Unreachable

TIMEOUT = 10.0
"""Seconds that a server may take for one answer."""
_PORTS = {"smtp": 587, "smtps": 465}


class Witness(Protocol):
    """Who writes down what is said in a conversation."""

    def asked(self, command: str) -> None:
        """Hear a command before it is sent; may raise TimeoutError to end a conversation that takes too long."""

    def told(self, size: int) -> None:
        """Hear that so many bytes of a mail go out."""

    def answered(self, code: int, words: bytes) -> None:
        """Hear an answer."""

    def encrypted(self, sock: ssl.SSLSocket) -> None:
        """Hear that from here on nobody else listens."""


class _Phases:
    """An SMTP client that remembers whether the mail itself was on its way, and lets a witness listen."""

    mail_on_its_way = False

    def __init__(self, *args: Any, witness: Witness | None = None, **values: Any) -> None:
        self._witness = witness
        super().__init__(*args, **values)

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command."""
        if self._witness:
            self._witness.asked(f"{cmd} {args}".rstrip())
        super().putcmd(cmd, args)  # type: ignore[misc]

    def send(self, s: Any) -> None:
        """Send text: as bytes it is the mail, as characters a command that `putcmd` told of."""
        if self._witness and isinstance(s, bytes):
            self._witness.told(len(s))
        super().send(s)  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        """Wait for an answer."""
        code, words = super().getreply()  # type: ignore[misc]
        if self._witness:
            self._witness.answered(code, words)
        return code, words

    def starttls(self, *, context: ssl.SSLContext) -> tuple[int, bytes]:
        """Encrypt what follows."""
        answer: tuple[int, bytes] = super().starttls(context=context)  # type: ignore[misc]
        if self._witness and isinstance(self.sock, ssl.SSLSocket):  # type: ignore[attr-defined]
            self._witness.encrypted(self.sock)  # type: ignore[attr-defined]
        return answer

    def data(self, msg: Any) -> Any:
        """Send the mail; from here on a silence may mean that it was taken (RFC 5321 §4.1.1.4)."""
        self.mail_on_its_way = True
        return super().data(msg)  # type: ignore[misc]


class _Plain(_Phases, smtplib.SMTP):  # type: ignore[misc]
    pass


class _Encrypted(_Phases, smtplib.SMTP_SSL):  # type: ignore[misc]
    def _get_socket(self, *args: Any) -> Any:
        sock = super()._get_socket(*args)  # type: ignore[misc]
        if self._witness:
            self._witness.encrypted(sock)
        return sock


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection with a timeout, certificates checked, and a farewell that cannot fail."""

    def __init__(self, mail: Any, *, timeout: float, witness: Witness | None = None) -> None:
        super().__init__(mail)
        self._timeout, self._witness = timeout, witness

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt where the server can, and sign in."""
        name = urlsplit(settings().issuer).hostname
        values: dict[str, Any] = {"timeout": self._timeout, "local_hostname": name, "witness": self._witness}
        if self.mail.use_ssl:
            host: smtplib.SMTP = _Encrypted(
                self.mail.server, self.mail.port, context=ssl.create_default_context(), **values
            )
        else:
            host = _Plain(self.mail.server, self.mail.port, **values)
        try:
            self._prepare(host)
        except BaseException:
            host.close()
            raise
        return host

    def _prepare(self, host: smtplib.SMTP) -> None:
        host.ehlo_or_helo_if_needed()
        if not self.mail.use_ssl and host.has_extn("starttls"):
            host.starttls(context=ssl.create_default_context())
        if not self.mail.username:
            return
        if not isinstance(host.sock, ssl.SSLSocket) and not is_loopback(self.mail.server):
            raise smtplib.SMTPNotSupportedError("the server offers no encryption; the password is not sent in clear")
        host.login(self.mail.username, self.mail.password or "")

    def __exit__(self, *_error: object) -> None:
        """Say goodbye; what was taken is taken, whatever the server answers."""
        if self.host is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host.close()


def init_app(app: Flask, config: Settings) -> None:
    """Give Flask-Mail the server that the settings name."""
    parts = urlsplit(config.mail.url)
    app.config.update(
        MAIL_SERVER=parts.hostname or "localhost",
        MAIL_PORT=port_of(config.mail.url),
        MAIL_USE_SSL=parts.scheme == "smtps",
        MAIL_USERNAME=unquote(parts.username) if parts.username else None,
        MAIL_PASSWORD=unquote(parts.password) if parts.password else None,
        MAIL_DEFAULT_SENDER=config.mail.sender,
        MAIL_SUPPRESS_SEND=False,
        MAIL_DEBUG=0,
    )
    extensions.mail.init_app(app)


def port_of(url: str) -> int:
    """Return the port of a mail server's address: that of submission where none is named (RFC 6409 §3.1, RFC 8314)."""
    parts = urlsplit(url)
    return parts.port or _PORTS.get(parts.scheme, 25)


def is_configured() -> bool:
    """Tell whether mails are sent by SMTP, and not shown on the development page."""
    return urlsplit(settings().mail.url).scheme in _PORTS


def deliver(*, to: str, subject: str, text: str, html: str, message_id: str) -> None:
    """Send one mail; raise what the outbox needs to know of a failure."""
    connection = _Connection(current_app.extensions["mail"], timeout=TIMEOUT)
    try:
        _send(connection, to=to, subject=subject, text=text, html=html, message_id=message_id)
    except flask_mail.BadHeaderError as error:
        raise Refused("a header of the mail has a line break") from error
    except (smtplib.SMTPException, OSError) as error:
        raise _meaning(error, connection.host) from error


def try_out(witness: Witness, *, timeout: float, **mail: str) -> None:
    """Send one mail now, as `deliver` does, while a witness listens; raise what went wrong as it came."""
    _send(_Connection(current_app.extensions["mail"], timeout=timeout, witness=witness), **mail)


def _send(connection: _Connection, *, to: str, subject: str, text: str, html: str, message_id: str) -> None:
    message = flask_mail.Message(
        subject, sender=settings().mail.sender, recipients=[to], body=text, html=html,
        extra_headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    # The same on every try, so that a mail that arrives twice can be told to be one.
    message.msgId = f"<{message_id}@{urlsplit(settings().issuer).hostname}>"
    with connection:
        connection.send(message)


def _meaning(error: Exception, host: Any) -> Exception:
    """Tell refusals for good from those for now, and both from silence (RFC 5321 §4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reason = next(iter(error.recipients.values()))
        return Refused(f"{code} {_words(reason)}") if code >= 500 else error
    if isinstance(error, smtplib.SMTPDataError):
        return Refused(f"{error.smtp_code} {_words(error.smtp_error)}") if error.smtp_code >= 500 else error
    if host is None:
        return Unreachable(f"{type(error).__name__}: {error}")
    silent = isinstance(error, smtplib.SMTPServerDisconnected | OSError)
    if silent and not isinstance(error, smtplib.SMTPResponseException):
        return Uncertain("no answer after the mail") if host.mail_on_its_way else Unreachable(str(error))
    return error


def _words(reason: bytes | str) -> str:
    return reason.decode("ascii", "replace") if isinstance(reason, bytes) else reason
