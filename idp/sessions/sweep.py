"""What the worker does for sessions: end what ran out of time unnoticed, delete what is long over."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete

from idp.core.clock import now
from idp.core.db import transaction
from idp.core.retention import kept
from idp.sessions import browsers, service
from idp.sessions.models import Interaction, Session

_ENDED_KEPT = kept(_l("Sessions that have ended"), timedelta(days=30))
_INTERACTIONS_KEPT = kept(_l("Sign-ins that were begun and not finished"), timedelta(days=1))


def sweep() -> int:
    """End lapsed sessions, delete old ones, old interactions and forgotten browsers; return how many rows."""
    changed = service.end_lapsed()
    changed += _delete(Session, Session.ended_at < now() - _ENDED_KEPT)
    changed += _delete(Interaction, Interaction.expires_at < now() - _INTERACTIONS_KEPT)
    return changed + browsers.sweep()


def _delete(model: type[Session | Interaction], condition: ColumnElement[bool]) -> int:
    with transaction() as session:
        result = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
        return int(result.rowcount)  # type: ignore[attr-defined]
