"""What needs attention in the house: keys, mail, settings, the worker, the schema."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from idp.admin.dashboard.points import Point
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.configuration.view import value_of
from idp.core.keyset import count_rows
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.keyring.models import State
from idp.operate import heartbeat, schema
from idp.rollups import service as rollups
from idp.stored_settings.catalogue import CHOICES, DANGERS
from idp.webhooks import service as webhooks

KEYS, SETTINGS, AUDIT = "admin.keys.read", "admin.settings.read", "admin.audit.read"
_SOON, _DAY, _SILENT_AFTER = timedelta(days=7), timedelta(hours=24), timedelta(minutes=2)
_MOST = 1000
_SETTINGS_ACTION = _l("Change the setting")
_WEAK: dict[str, Callable[[Any], bool]] = {
    "admin.require_second_step": lambda value: value == "never",
    "passwords.minimum_length": lambda value: value < 15 and settings().second_step.required != "everyone",
    "passwords.bcrypt_cost": lambda value: value < 10 and settings().passwords.algorithm == "bcrypt",
    "tokens.access": lambda value: value > timedelta(hours=1),
    "admin.idle": lambda value: value > timedelta(hours=1),
}
"""Settings, and when they are weak; the catalogue says what that can do harm with."""


def find_points() -> Iterator[Point]:
    """Ask after everything; each answer is an index or a roll-up."""
    for ask in (_keys, _guesses, _mails, _logouts, _webhooks, _worker, _schema, _mode, _settings):
        yield from ask()


def _keys() -> Iterator[Point]:
    rows = keyring.list_keys()
    waiting = {row.alg: row for row in rows if row.state == State.NEXT}
    active = [row for row in rows if row.state == State.ACTIVE]
    if not active:
        yield Point("keys", _l("No key signs: nobody can sign in to an app."), _l("See the keys"), "admin.keys", KEYS)
    for row in active:
        following = waiting.get(row.alg)
        if following is None and keyring.signs_until(row) - now() <= settings().keys.publish_ahead:
            yield Point(
                "keys", _l("No next key is published, and the present one has signed long enough at:"),
                _l("Publish the next key"), "admin.keys", KEYS, at=keyring.signs_until(row),
            )  # fmt: skip
        elif following is not None and following.promote_at and following.promote_at - now() <= _SOON:
            yield Point(
                "keys", _l("The signing key changes soon. Apps must have fetched the next one by:"), _l("See the keys"),
                "admin.keys", KEYS, at=following.promote_at,
            )  # fmt: skip


def _guesses() -> Iterator[Point]:
    if found := rollups.spike():
        yield Point(
            "guesses",
            _l("Far more sign-ins failed today than usual: %(num)s, usually %(usual)s.", num=found[0], usual=found[1]),
            _l("See them"), "admin.audit", AUDIT, {"tag": Tag.LOGIN_FAILED.value, "last": "24h"},
        )  # fmt: skip


def _mails() -> Iterator[Point]:
    if number := count_events(Tag.MAIL_GIVEN_UP):
        yield Point(
            "mail", _l("Mails that could not be delivered in 24 hours: %(num)s.", num=number), _l("Send a test mail"),
            "admin.settings_tab", SETTINGS, {"tab": "mail"},
        )  # fmt: skip
    if settings().mail.sender.rstrip(">").endswith("@localhost") and not settings().development:
        yield Point(
            "sender", _l("Mails still come from an address at localhost."), _SETTINGS_ACTION, "admin.settings_tab",
            SETTINGS, {"tab": "mail"},
        )  # fmt: skip


def _logouts() -> Iterator[Point]:
    if number := count_events(Tag.LOGOUT_GIVEN_UP):
        yield Point(
            "logouts", _l("Sign-outs that apps were not told of in 24 hours: %(num)s.", num=number), _l("See them"),
            "admin.deliveries", "admin.clients.read",
        )  # fmt: skip


def _webhooks() -> Iterator[Point]:
    rows = webhooks.list_endpoints()
    bad = [
        row.name for row in rows
        if row.disabled_reason in {"gone", "failing"} or (row.failing_since and not row.disabled_at)
    ]  # fmt: skip
    if bad:
        yield Point(
            "webhooks", _l("Webhooks that fail or were turned off for it: %(names)s.", names=", ".join(bad[:5])),
            _l("See them"), "admin.webhook", "admin.webhooks.read", {"name": bad[0]},
        )  # fmt: skip


def _worker() -> Iterator[Point]:
    seen = heartbeat.find_last()
    if seen is None or now() - seen > _SILENT_AFTER:
        yield Point(
            "worker", _l("No worker is at work: no mail goes out, and no key is rotated."), _l("What to do"),
            "admin.help_page", SETTINGS, {"_anchor": "worker"},
        )  # fmt: skip


def _schema() -> Iterator[Point]:
    state = schema.find_state()
    if state.current is not None and not state.is_current:
        yield Point(
            "schema", _l("Migrations of the database are pending: %(num)s.", num=state.pending), _l("What to do"),
            "admin.help_page", SETTINGS, {"_anchor": "database"},
        )  # fmt: skip


def _mode() -> Iterator[Point]:
    if settings().development or current_app.debug:
        yield Point(
            "mode", _l("Development mode is on: demo passwords, an open outbox and helpful errors."), _l("What to do"),
            "admin.help_page", SETTINGS, {"_anchor": "production"},
        )  # fmt: skip


def _settings() -> Iterator[Point]:
    for name, is_weak in _WEAK.items():
        if is_weak(value_of(settings(), name)):
            yield Point(
                name, DANGERS[name], _SETTINGS_ACTION, "admin.settings_tab", SETTINGS,
                {"tab": CHOICES[name].tab, "_anchor": name}, about=name,
            )  # fmt: skip


def count_events(tag: Tag, ago: timedelta = _DAY) -> int:
    """Count the events of a kind up to now, a thousand and one at most."""
    return count_rows(select(Event.id).where(Event.tag == tag.value, Event.at >= now() - ago), _MOST)
