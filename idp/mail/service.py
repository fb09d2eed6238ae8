"""Render a mail and put it into the outbox, in the transaction of the act that causes it."""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app
from flask_babel import force_locale, format_datetime, format_timedelta
from flask_babel import lazy_gettext as _l

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.drawing.brand_rules import help_in_words
from idp.core.drawing.colours import palettes
from idp.core.settings import settings
from idp.i18n.service import current_language, match_language
from idp.mail import development, smtp
from idp.mail.errors import UnfitMail
from idp.outbox import service as outbox

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+", re.ASCII)
_KIND = "mail"
_LONGEST_ADDRESS, _LONGEST_SUBJECT = 254, 200


@dataclass(frozen=True)
class Mail:
    """A mail as it is kept in the outbox: rendered, so that it says what was true when it was caused."""

    template: str
    to: str
    subject: str
    text: str
    html: str


def send_mail(template: str, *, to: str, expires_at: datetime | None = None, **values: Any) -> None:
    """Render `mail/<template>.txt` and `.html` and hand the mail over, in the present transaction.

    `values` are those of `render_mail`. A mail that was not delivered by `expires_at` never is.
    """
    mail = render_mail(template, to=to, **values)
    if smtp.is_configured():
        outbox.enqueue(_KIND, asdict(mail), expires_at=expires_at)
    else:
        development.keep(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)


def send_nothing(template: str, *, to: str, **values: Any) -> None:
    """Do the work of `send_mail` for an address that gets no mail, so that the time it takes tells nothing."""
    mail = render_mail(template, to=to, **values)
    if smtp.is_configured():
        outbox.enqueue("nothing", asdict(mail))


def render_mail(template: str, *, to: str, locale: str | None = None, zone: str | None = None, **values: Any) -> Mail:
    """Render a mail in the reader's language; raise UnfitMail for what is no single address.

    The first line of the text template is the subject. Moments and lengths of time among the values become words,
    in the reader's zone.
    """
    if not _ADDRESS.fullmatch(to) or len(to) > _LONGEST_ADDRESS:
        raise UnfitMail(_l("This is not an e-mail address."))
    language = match_language(locale) or current_language()
    with force_locale(language):
        brand = settings().brand
        values = {name: _in_words(value, zone) for name, value in values.items()}
        values |= {
            "to": to,
            "brand_name": brand.name,
            "support": help_in_words(brand),
            "imprint_url": brand.imprint_url,
        }
        values |= {"locale": language, "issuer": settings().issuer, "shades": palettes(brand.accent)}
        head, _, text = _render(f"mail/{template}.txt", values).lstrip().partition("\n")
        html = _render(f"mail/{template}.html", values)
    subject = head.removeprefix("Subject:").strip()
    if not subject or not subject.isprintable():
        raise UnfitMail(_l("This mail has no fit subject."))
    return Mail(template, to, subject[:_LONGEST_SUBJECT], text.strip() + "\n", html.strip() + "\n")


@outbox.handler(_KIND)
def _deliver(payload: dict[str, Any], delivery_id: str) -> None:
    mail = Mail(**payload)
    smtp.deliver(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html, message_id=delivery_id)


@outbox.handler("nothing")
def _deliver_nothing(_payload: dict[str, Any], _delivery_id: str) -> None:
    """Let a delivery that is none come to its end."""


@outbox.dead_letter(_KIND)
def _mourn(payload: dict[str, Any], delivery_id: str) -> None:
    record(Tag.MAIL_GIVEN_UP, actor="system", subject=f"delivery:{delivery_id}", template=payload["template"])


def _in_words(value: Any, zone: str | None) -> Any:
    if isinstance(value, timedelta):
        # From two of a unit on: «24 hours» and «30 minutes», not «1 day».
        return format_timedelta(value, threshold=2)
    if isinstance(value, datetime):
        local = value.astimezone(_zone(zone))
        return f"{format_datetime(local, 'medium', rebase=False)} {local.tzinfo}"
    return value


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _render(name: str, values: dict[str, Any]) -> str:
    # Not render_template(): its context processors belong to pages and read the request.
    return current_app.jinja_env.get_template(name).render(values)
