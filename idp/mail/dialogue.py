"""One mail sent at once, so that an operator sees the whole conversation with the mail server, line by line."""

import base64
import binascii
import re
import smtplib
import ssl
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from flask import current_app
from flask_babel import gettext as _

from idp.core.secrets import new_id
from idp.mail import smtp
from idp.mail.diagnosis import NO_SERVER, SENT, Finding, find_cause
from idp.mail.service import Mail

ANSWER_TIMEOUT = 5.0
"""Seconds that the server may take for one answer; shorter than for real mails, since somebody waits."""
LONGEST = 20.0
"""Seconds after which nothing more is asked."""
_MASK = "•••"
_LONGEST_LINE, _MOST_LINES = 300, 200
_WORD = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}")


@dataclass(frozen=True)
class Line:
    """One line of the conversation."""

    by: Literal["us", "server", "note"]
    text: str
    milliseconds: int
    """Since the conversation began."""


@dataclass(frozen=True)
class Dialogue:
    """How an attempt went."""

    to: str
    server: str
    """Host and port; nothing where no server is set."""
    finding: Finding
    lines: list[Line] = field(default_factory=list)

    @property
    def sent(self) -> bool:
        """Whether the server took the mail."""
        return self.finding is SENT

    def as_dict(self) -> dict[str, Any]:
        """Tell programs of it."""
        return {
            "to": self.to, "server": self.server, "sent": self.sent, "outcome": self.finding.name,
            "says": str(self.finding.says), "advice": str(self.finding.advice),
            "lines": [asdict(line) for line in self.lines],
        }  # fmt: skip


def converse(mail: Mail) -> Dialogue:
    """Send a mail now and return what was said; nothing is raised for what the server or the network does."""
    if not smtp.is_configured():
        return Dialogue(mail.to, "", NO_SERVER)
    state = current_app.extensions["mail"]
    record = _Record(state.username or "", state.password or "")
    finding = SENT
    try:
        smtp.try_out(
            record, timeout=ANSWER_TIMEOUT, to=mail.to, subject=mail.subject, text=mail.text, html=mail.html,
            message_id=new_id(),
        )  # fmt: skip
    except Exception as error:
        found = find_cause(error, last=record.last_command)
        if found is None:
            raise
        finding = found
        record.note(error)
    return Dialogue(mail.to, f"{state.server}:{state.port}", finding, record.lines)


class _Record:
    """Writes the conversation down, without what is secret in it."""

    def __init__(self, username: str, password: str) -> None:
        self.lines: list[Line] = []
        self.last_command = ""
        self._username, self._password = username, password
        self._began = time.monotonic()
        self._signing_in = False

    def asked(self, command: str) -> None:
        """Hear a command; what proves who we are is not written down, in whichever code it is."""
        if time.monotonic() - self._began > LONGEST:
            raise TimeoutError
        verb, _space, rest = command.partition(" ")
        if verb.upper() == "AUTH":
            self._signing_in = True
            mechanism, _space, proof = rest.partition(" ")
            self._add("us", f"AUTH {mechanism} {_MASK if proof else ''}".rstrip())
        else:
            self._add("us", _MASK if self._signing_in else command)
        self.last_command = "AUTH" if self._signing_in else verb.upper()

    def told(self, size: int) -> None:
        """Hear that the mail goes out."""
        self._add("note", _("the mail, %(num)s bytes", num=size))

    def answered(self, code: int, words: bytes) -> None:
        """Hear an answer; what the server asks while we sign in is not written down."""
        told = words.decode("utf-8", "replace").split("\n")
        if self._signing_in and code == 334:
            told = [_MASK]
        for number, line in enumerate(told, start=1):
            self._add("server", f"{code}{' ' if number == len(told) else '-'}{self._without_secrets(line)}")
        self._signing_in = self._signing_in and code == 334

    def encrypted(self, sock: ssl.SSLSocket) -> None:
        """Hear that from here on nobody else listens."""
        self._add("note", _("encrypted with %(version)s", version=sock.version() or "TLS"))

    def note(self, error: Exception) -> None:
        """Write down what went wrong in the words of the machine, unless the server's answer says it already."""
        told = smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused
        # A sign that cannot be sent is one of the password's.
        if not isinstance(error, told | UnicodeError):
            self._add("note", self._without_secrets(str(error) or type(error).__name__))

    def _add(self, by: Literal["us", "server", "note"], text: str) -> None:
        if len(self.lines) < _MOST_LINES:
            plain = "".join(sign if sign.isprintable() else "�" for sign in text[:_LONGEST_LINE])
            self.lines.append(Line(by, plain, round((time.monotonic() - self._began) * 1000)))

    def _without_secrets(self, text: str) -> str:
        """Mask user name and password where a server echoes them, as they are or in base64."""
        # Outside of the sign-in the user name is often the sender's address, which is to be seen.
        for secret in (self._password, self._username if self.last_command == "AUTH" else ""):
            text = text.replace(secret, _MASK) if secret else text
        return _WORD.sub(lambda found: _MASK if self._hides_secret(found[0]) else found[0], text)

    def _hides_secret(self, word: str) -> bool:
        try:
            inside = base64.urlsafe_b64decode(word.rstrip("=").replace("+", "-").replace("/", "_") + "===")
        except (binascii.Error, ValueError):
            return False
        return any(each and each.encode() in inside for each in (self._password, self._username))
