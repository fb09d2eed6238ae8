"""Where settings come from, and the words they may be written in."""

import os
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")


def parse_duration(value: Any) -> Any:
    """Read `90`, `"15m"`, `"24h"` or `"30d"` as a duration; whole numbers are seconds."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return _span(**{_UNITS[match[2]]: float(match[1])})
    if isinstance(value, str) and value.strip().isdecimal():
        return _span(seconds=float(value))
    return value


def _span(**units: float) -> timedelta:
    try:
        return timedelta(**units)
    except OverflowError as error:
        raise ValueError("this is longer than any time") from error


def parse_switch(value: Any) -> Any:
    """Read `on` and `off` as well as the usual truth words."""
    if isinstance(value, str):
        return {"on": True, "off": False}.get(value.strip().lower(), value)
    return value


def config_path() -> Path | None:
    """Return the configuration file that is used: IDP_CONFIG, ./idp.toml or /etc/idp/idp.toml."""
    if named := os.environ.get("IDP_CONFIG"):
        return Path(named)
    return next((path for path in (Path("idp.toml"), Path("/etc/idp/idp.toml")) if path.is_file()), None)


class _WholeSource(PydanticBaseSettingsSource):
    """A source that gives all of its values at once."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        del field
        return None, field_name, False


class TomlFileSource(_WholeSource):
    """The values of `idp.toml`."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)

    def __call__(self) -> dict[str, Any]:
        path = config_path()
        return tomllib.loads(path.read_text()) if path else {}


class VariableSource(_WholeSource):
    """The `IDP_*` variables, without those that name a file."""

    def __init__(self, settings_cls: type[BaseSettings], variables: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._variables = variables

    def __call__(self) -> dict[str, Any]:
        found = self._variables()
        for sections, key, _path in _secret_files():
            target: Any = found
            for section in sections:
                target = target.get(section, {})
            target.pop(f"{key}_file", None)
        return found


class SecretFileSource(_WholeSource):
    """`IDP_DATABASE__URL_FILE=/run/secrets/db` reads any setting from a file."""

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for sections, key, path in _secret_files():
            target = found
            for section in sections:
                target = target.setdefault(section, {})
            target[key] = path.read_text().strip()
        return found


def _secret_files() -> Iterator[tuple[list[str], str, Path]]:
    for name, path in os.environ.items():
        if name.startswith("IDP_") and name.endswith("_FILE") and name != "IDP_DEV__CLOCK_FILE":
            *sections, key = name[4:-5].lower().split("__")
            yield sections, key, Path(path)
