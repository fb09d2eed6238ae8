"""The doctor's questions about what is around the house: the public address, mail, Redis, clock, disk."""

import shutil
import smtplib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import redis
from sqlalchemy import text

from idp.core.db import db, is_postgresql
from idp.core.settings import is_loopback, settings
from idp.mail.smtp import port_of
from idp.operate.doctor.finding import Finding, broken, look, well

_PATIENCE_SECONDS = 5
_LARGEST_SKEW_SECONDS = 5
_LEAST_FREE_BYTES = 500 * 1024 * 1024


def issuer() -> Iterator[Finding]:
    """Ask whether the public address is one."""
    values = settings()
    if values.secure:
        yield well("issuer", values.issuer)
        return
    local = is_loopback(urlsplit(values.issuer).hostname)
    state = look if local and values.development else broken
    yield state(
        "issuer", f"{values.issuer} is not https",
        why="Tokens and passwords would cross the network readable.",
        fix="Set IDP_ISSUER=https://… and put a proxy in front, or use --tls-cert.",
        doc="docs/how-to/https-and-proxy.md",
    )  # fmt: skip


def discovery() -> Iterator[Finding]:
    """Fetch the discovery document through the public address, as a relying party does."""
    values = settings()
    try:
        answer = httpx.get(f"{values.issuer}/.well-known/openid-configuration", timeout=_PATIENCE_SECONDS)
        said = answer.json().get("issuer")
    except (httpx.HTTPError, ValueError) as error:
        state = look if values.development else broken
        yield state(
            "discovery", f"{values.issuer} does not answer ({type(error).__name__})",
            why="Relying parties begin there.", fix="Start the server, or check name, proxy and certificate.",
            doc="docs/how-to/https-and-proxy.md",
        )  # fmt: skip
        return
    if said != values.issuer:
        yield broken(
            "discovery", f"names {said}, not {values.issuer}", why="Relying parties compare the two and refuse.",
            fix="Another server answers at that address, or with another IDP_ISSUER.",
        )  # fmt: skip
    else:
        yield well("discovery", "reached through the public address, names the issuer")


def mail() -> Iterator[Finding]:
    """Greet the mail server; send nothing."""
    values = settings()
    parts = urlsplit(values.mail.url)
    if parts.scheme == "outbox":
        yield well("mail", "kept at /dev/mail") if values.development else broken(
            "mail", "no mail server", why="Nobody can confirm an address or reset a password.",
            fix="Set IDP_MAIL__URL=smtps://…", doc="docs/how-to/mail.md",
        )  # fmt: skip
        return
    secure = parts.scheme == "smtps"
    port = port_of(values.mail.url)
    greet = smtplib.SMTP_SSL if secure else smtplib.SMTP
    try:
        with greet(parts.hostname or "", port, timeout=_PATIENCE_SECONDS) as server:
            server.ehlo()
            encrypted = secure or server.has_extn("starttls")
    except (OSError, smtplib.SMTPException) as error:
        yield broken(
            "mail", f"{parts.hostname}:{port} does not answer ({type(error).__name__})",
            why="Mails wait in the outbox and expire.", fix="Check IDP_MAIL__URL and the way there.",
            doc="docs/how-to/mail.md",
        )  # fmt: skip
        return
    yield well("mail", f"{parts.hostname}:{port} answers") if encrypted else look(
        "mail", f"{parts.hostname}:{port} offers no encryption", why="Reset links would cross the network readable.",
        fix="Use smtps://, or a server with STARTTLS.", doc="docs/how-to/mail.md",
    )  # fmt: skip


def redis_store() -> Iterator[Finding]:
    """Ask Redis, when it is used."""
    address = settings().redis.url
    if not address:
        yield well("redis", "not used; each process counts its own page requests")
        return
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=1, socket_timeout=1) as store:
            store.ping()
    except redis.RedisError as error:
        yield look(
            "redis", f"does not answer ({type(error).__name__})",
            why="Each process counts its own page requests meanwhile; guesses are counted in the database as always.",
            fix="Start it, or unset IDP_REDIS__URL.",
        )  # fmt: skip
        return
    yield well("redis", "answers")


def cookies() -> Iterator[Finding]:
    """Say which names the cookies have."""
    if settings().secure:
        yield well("cookies", "Secure, HttpOnly, SameSite=Lax, __Host-")
    else:
        yield look(
            "cookies", "without __Host-, because the issuer is not https",
            why="Another program on this machine's name could set them.", fix="Set an https issuer for production.",
        )  # fmt: skip


def clock() -> Iterator[Finding]:
    """Compare this machine's clock with the database's, or with the server's."""
    other = _database_time() if is_postgresql() else _server_time()
    if other is None:
        yield well("clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, nothing to compare it with")
        return
    skew = abs((datetime.now(UTC) - other).total_seconds())
    if skew > _LARGEST_SKEW_SECONDS:
        yield broken(
            "clock", f"{skew:.0f} s apart", why="Tokens would be refused as expired, or live too long.",
            fix="Run a time service (chrony, systemd-timesyncd) on every machine.",
        )  # fmt: skip
    else:
        yield well("clock", f"within {max(1, round(skew))} s")


def disk() -> Iterator[Finding]:
    """Ask for room in the state folder."""
    free = shutil.disk_usage(settings().state_dir).free
    found = f"{free / 1024**3:.1f} GiB free"
    if free < _LEAST_FREE_BYTES:
        yield broken("disk", found, why="A full disk stops every write.", fix="Make room.")
    else:
        yield well("disk", found)


def _database_time() -> datetime:
    value: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return value


def _server_time() -> datetime | None:
    try:
        answer = httpx.get(f"{settings().issuer}/livez", timeout=_PATIENCE_SECONDS)
        return parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError, socket.gaierror):
        return None
