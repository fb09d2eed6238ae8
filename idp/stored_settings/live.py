"""The settings as this process has them: one object, made anew when the change feed says so, never read per request."""

import logging
import time
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from idp.core.configuration.view import is_pinned
from idp.core.db import single_statements
from idp.core.settings import Settings
from idp.feed import service as feed
from idp.stored_settings.catalogue import CHOICES
from idp.stored_settings.checks import UnfitSettings, merge
from idp.stored_settings.models import StoredSetting

KIND = "settings"
_EXTENSION = "idp.stored_settings"
_EVERY, _AGAIN = 0.5, 5.0
_READ = select(StoredSetting.name, StoredSetting.value).where(StoredSetting.value.is_not(None))
_log = logging.getLogger("idp.settings")


class _State:
    def __init__(self, base: Settings) -> None:
        self.base = base
        self.stored: dict[str, Any] = {}
        self.is_old = False
        self.next = 0.0


def begin(app: Flask, config: Settings | None = None) -> None:
    """Begin with what file and environment say."""
    state = app.extensions.get(_EXTENSION)
    base = config or (state.base if state else app.extensions["idp.settings"])
    app.extensions[_EXTENSION] = _State(base)
    app.extensions["idp.settings"] = base


def base_settings() -> Settings:
    """Return what file and environment say, without the database."""
    return _state().base


def refresh() -> None:
    """Hear of changes, twice a second at most; without a database the last known settings hold."""
    state, moment = _state(), time.monotonic()
    if moment < state.next:
        return
    state.next = moment + _EVERY
    try:
        feed.sync()
        if state.is_old:
            load()
    except SQLAlchemyError as error:
        # Also the first start, before there are tables.
        _log.debug("settings cannot be read: %s", type(error).__name__)
        state.next = moment + _AGAIN if state.stored else moment + _EVERY


def load() -> None:
    """Read the table and make the settings anew; what cannot be used any more is left out and logged."""
    state = _state()
    state.is_old = True
    with single_statements() as connection:
        stored = {row.name: row.value for row in connection.execute(_READ)}
    usable = {name: value for name, value in stored.items() if is_used(name)}
    if usable != state.stored:
        current_app.extensions["idp.settings"] = merge_usable(state.base, usable)
        state.stored = usable
    state.is_old = False


def is_used(name: str) -> bool:
    """Tell whether a stored value counts: the setting may be kept in the database, and the environment is silent."""
    choice = CHOICES.get(name)
    return choice is not None and choice.editable and not is_pinned(choice.setting)


@feed.on_change(KIND)
def _on_change(_subject: str) -> None:
    if _EXTENSION not in current_app.extensions:
        return
    try:
        load()
    except SQLAlchemyError as error:
        _log.warning("settings cannot be read: %s", type(error).__name__)


def merge_usable(base: Settings, values: dict[str, Any]) -> Settings:
    """Put stored values over the settings; one that does not fit any more is left out, and logged."""
    try:
        return merge(base, values)
    except UnfitSettings as error:
        bad = {name for name in values if name in error.problems}
        _log.error("stored settings are left out: %s", ", ".join(sorted(error.problems)))
        # Without a named culprit nothing of the database can be trusted.
        return merge(base, {name: value for name, value in values.items() if name not in bad}) if bad else base


def _state() -> _State:
    value: _State = current_app.extensions[_EXTENSION]
    return value
