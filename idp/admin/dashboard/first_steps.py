"""The first steps of a new house: each leads to where it is done and ticks itself; shown until done or put away."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import literal, select

from idp.accounts.models import User
from idp.accounts.profiles.preferences import preferences_of
from idp.admin.dashboard.kept import keep
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.clients.models import Client
from idp.core.db import db

PREFERENCE = "first_steps"


@dataclass(frozen=True)
class Step:
    """One step."""

    says: Any
    url: str
    done: bool


def list_steps(person: User) -> list[Step]:
    """List the steps; none when all are done or the person put them away."""
    if not preferences_of(person)[PREFERENCE]:
        return []
    done: dict[str, Any] = keep("first steps", _find_done)
    steps = [
        Step(_l("Turn on a second step for yourself"), url_for("enrol.security"), person.has_second_step),
        Step(_l("Add the first app"), url_for("admin.new_client"), done["app"] is not None),
        Step(_l("Send yourself a test mail"), url_for("admin.settings_tab", tab="mail"), done["mail"]),
        Step(_l("Sign in to the app, to try it"), _try_url(done["app"]), done["tried"]),
    ]
    return [] if all(step.done for step in steps) else steps


def _find_done() -> dict[str, Any]:
    first_app = select(Client.id).where(Client.disabled_at.is_(None)).order_by(Client.id).limit(1)
    return {
        "app": db.session.execute(first_app).scalar(),
        "mail": _happened(Tag.MAIL_TESTED) or _happened(Tag.MAIL_SENT),
        "tried": _happened(Tag.TOKEN_ISSUED),
    }


def _happened(tag: Tag) -> bool:
    return (
        db.session.execute(select(literal(1)).select_from(Event).where(Event.tag == tag.value).limit(1)).first()
        is not None
    )


def _try_url(client_id: str | None) -> str:
    """Return where an app is tried, or made where there is none yet."""
    if client_id is None:
        return url_for("admin.new_client")
    return url_for("admin.try_client", client_id=client_id)
