"""The development outbox: mails are kept in a table and shown at /dev/mail."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from idp.core.cipher import seal, unseal
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.errors import NotFound
from idp.core.secrets import new_id
from idp.mail.models import DevelopmentMail

_LINK = re.compile(r"https?://[^\s<>\"']+")
_SHOWN = 200


@dataclass(frozen=True)
class ShownMail:
    """A mail as the development page and its JSON show it."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    links: list[str]
    sent_at: datetime


def keep(*, to: str, subject: str, text: str, html: str) -> None:
    """Keep a mail in the present transaction."""
    mail_id = new_id()
    body = seal(json.dumps([text, html]).encode(), bound_to=_place(mail_id))
    with transaction() as session:
        session.execute(insert(DevelopmentMail).values(id=mail_id, to=to, subject=subject, body=body, sent_at=now()))


def list_mails() -> list[ShownMail]:
    """List the newest mails, newest first."""
    query = select(DevelopmentMail).order_by(DevelopmentMail.sent_at.desc(), DevelopmentMail.id.desc()).limit(_SHOWN)
    return [_shown(row) for row in db.session.execute(query).scalars()]


def get_mail(mail_id: str) -> ShownMail:
    """Return one mail; raise NotFound."""
    row = db.session.get(DevelopmentMail, mail_id)
    if row is None:
        raise NotFound
    return _shown(row)


def clear() -> None:
    """Throw all mails away."""
    with transaction() as session:
        session.execute(delete(DevelopmentMail))


def _shown(row: DevelopmentMail) -> ShownMail:
    text, html = json.loads(unseal(row.body, bound_to=_place(row.id)))
    return ShownMail(row.id, row.to, row.subject, text, html, links_of(text), row.sent_at)


def links_of(text: str) -> list[str]:
    """Find the addresses in a text, each once, in their order."""
    return list(dict.fromkeys(found.rstrip(".,;:!?)") for found in _LINK.findall(text)))


def _place(mail_id: str) -> str:
    return f"dev_mails:body:{mail_id}"
