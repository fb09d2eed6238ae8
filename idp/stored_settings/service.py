"""Change settings in the database, and tell of each where its value comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.configuration.view import origin_of, value_of
from idp.core.context import context
from idp.core.db import db, is_writing, transaction
from idp.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound
from idp.core.holding import Held, hold
from idp.core.settings import settings
from idp.feed.service import publish
from idp.stored_settings import live
from idp.stored_settings.catalogue import CHOICES, DANGERS, SECRET, Choice, on_tab
from idp.stored_settings.checks import as_stored, as_text, merge
from idp.stored_settings.models import StoredSetting

DATABASE, DEFAULT = "database", "default"


@dataclass(frozen=True)
class Line:
    """A setting with its value and where that comes from."""

    choice: Choice
    value: Any
    origin: str
    """`default`, file and line, the name of a variable, or `database`."""

    @property
    def text(self) -> str:
        """The value as people read it; of a secret only whether there is one."""
        if self.choice.name in SECRET:
            return str(_l("set") if self.value else _l("not set"))
        return as_text(self.value)

    @property
    def is_pinned(self) -> bool:
        """Whether the environment sets it."""
        return self.origin.startswith("IDP_")

    @property
    def is_open(self) -> bool:
        """Whether it can be changed here."""
        return self.choice.editable and not self.is_pinned

    @property
    def is_changed(self) -> bool:
        """Whether it is not the default."""
        return bool(self.value != self.choice.setting.default)

    @property
    def danger(self) -> Any:
        """What it can do harm with, or nothing."""
        return DANGERS.get(self.choice.name)


def list_lines(tab: str) -> list[Line]:
    """List the settings of a tab as they are now."""
    stored = stored_values()
    return [_line(choice, stored) for choice in on_tab(tab)]


def find_line(name: str) -> Line:
    """Return one setting; raise NotFound."""
    return _line(_choice(name), stored_values())


def value_without(name: str) -> Any:
    """Return what holds once the database lets go of a setting: the environment, the file or the default."""
    return value_of(live.base_settings(), _choice(name).name)


def stored_values() -> dict[str, Any]:
    """Return what the database holds and the environment leaves to it."""
    rows = db.session.execute(select(StoredSetting).where(StoredSetting.value.is_not(None))).scalars()
    return {row.name: row.value for row in rows if live.is_used(row.name)}


def version_of(names: Iterable[str]) -> int:
    """Return a number that grows whenever one of these settings is changed."""
    query = select(StoredSetting.version).where(StoredSetting.name.in_(list(names)))
    return sum(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def versions() -> dict[str, int]:
    """Return of each setting that was ever changed how often it was."""
    query = select(StoredSetting.name, StoredSetting.version)
    return {row.name: row.version for row in db.session.execute(query)}


def change(
    values: Mapping[str, Any], *, expected_version: int | None = None, scope: Iterable[str] = (), explicit: bool = False
) -> list[str]:
    """Keep values in the database; return the names that are another now.

    `expected_version` is that of all settings in `scope`; `explicit` keeps a value that would hold anyway.
    Raises Conflict, UnfitSettings, Forbidden, NotFound.
    """
    for name in values:
        check_open(name)
    with transaction():
        hold_still()
        if expected_version is not None and version_of(scope or values) != expected_version:
            raise ChangedMeanwhile
        stored = stored_values()
        base = live.merge_usable(live.base_settings(), stored)
        merged = merge(base, values)
        wanted = {name: as_stored(value_of(merged, name)) for name in values}
        changed = {
            name for name, value in wanted.items()
            if value_of(base, name) != value_of(merged, name) or (explicit and stored.get(name) != value)
        }  # fmt: skip
        _write({name: wanted[name] for name in changed}, base, merged)
    _take_effect(changed)
    return sorted(changed)


def reset(names: Iterable[str], *, expected_version: int | None = None, scope: Iterable[str] = ()) -> list[str]:
    """Let file or default hold again; return the names that the database held."""
    names = list(names)
    for name in names:
        _choice(name)
    with transaction():
        hold_still()
        if expected_version is not None and version_of(scope or names) != expected_version:
            raise ChangedMeanwhile
        stored = stored_values()
        held = [name for name in names if name in stored]
        left = {name: value for name, value in stored.items() if name not in held}
        before, after = (live.merge_usable(live.base_settings(), values) for values in (stored, left))
        _write(dict.fromkeys(held), before, after)
    _take_effect(set(held))
    return held


def _write(values: dict[str, Any], before: Any, after: Any) -> None:
    for name, value in values.items():
        row = db.session.get(StoredSetting, name) or StoredSetting(name=name, version=0)
        row.value, row.version, row.changed_at, row.changed_by = value, row.version + 1, now(), context().actor
        db.session.add(row)
    if values:
        db.session.flush()
        record(
            Tag.SETTINGS_CHANGED, before={name: as_stored(value_of(before, name)) for name in values},
            after={name: as_stored(value_of(after, name)) for name in values},
        )  # fmt: skip
        publish(live.KIND, ",".join(sorted(values))[:200])


def _take_effect(changed: set[str]) -> None:
    # Inside a wider transaction nothing is committed yet: the feed tells when it is.
    if changed and not is_writing():
        live.load()


def _line(choice: Choice, stored: Mapping[str, Any]) -> Line:
    origin = DATABASE if choice.name in stored else origin_of(choice.setting)
    return Line(choice, value_of(settings(), choice.name), origin)


def _choice(name: str) -> Choice:
    if name not in CHOICES:
        raise NotFound(_l("There is no such setting."))
    return CHOICES[name]


def check_open(name: str) -> None:
    """Raise NotFound, Forbidden or DomainError unless the database may set a setting."""
    choice = _choice(name)
    if not choice.editable:
        raise Forbidden(_l("This setting is read when the server starts: it stands in idp.toml or the environment."))
    if (origin := origin_of(choice.setting)).startswith("IDP_"):
        raise DomainError(_l("%(variable)s sets this. Change it there.", variable=origin), field=name)


def hold_still() -> None:
    """Let nobody else change settings until the present transaction ends."""
    hold(Held.SETTINGS)
