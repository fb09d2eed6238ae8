"""Whether a secret of an app can go: told by how long it has been silent beside a newer one, and what breaks then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_timedelta
from flask_babel import gettext as _

from idp.clients.models import ClientSecret
from idp.clients.secrets.secret_store import is_live
from idp.core.clock import now

QUIET = timedelta(days=7)
"""After so long in silence nobody is thought to use a secret any more."""
IN_USE, WATCHED, SILENT = "in use", "watched", "silent"


@dataclass(frozen=True)
class OlderSecret:
    """A secret that still works beside a newer one."""

    row: ClientSecret
    standing: str
    """`in use` when it was used beside the newer one lately, `silent` when it can go, else `watched`."""


def older_secrets(secrets: Sequence[ClientSecret]) -> list[OlderSecret]:
    """Judge every secret that works beside the newest; `secrets` come oldest first."""
    live = [row for row in secrets if is_live(row)]
    return [OlderSecret(row, _standing(row, live[-1])) for row in live[:-1]]


def lost_with_secret(row: ClientSecret) -> list[str]:
    """Say in sentences what breaks without a secret."""
    ago = format_timedelta(row.last_used_at - now(), add_direction=True) if row.last_used_at else ""
    return [
        _("The app is refused at its next request if it still uses it."),
        f"{_('It was last used:')} {ago}" if ago else _("It was never used."),
    ]


def _standing(row: ClientSecret, newest: ClientSecret) -> str:
    since = now() - QUIET
    if newest.created_at < since and (row.last_used_at is None or row.last_used_at < since):
        return SILENT
    return IN_USE if row.last_used_at and row.last_used_at > newest.created_at else WATCHED
