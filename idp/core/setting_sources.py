"""Where settings come from, and the words they may be written in."""

import os
import re
import tomllib
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
        return timedelta(**{_UNITS[match[2]]: float(match[1])})
    if isinstance(value, str) and value.strip().isdigit():
        return timedelta(seconds=int(value))
    return value


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


class SecretFileSource(_WholeSource):
    """`IDP_DATABASE__URL_FILE=/run/secrets/db` reads any setting from a file."""

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, path in os.environ.items():
            if not (name.startswith("IDP_") and name.endswith("_FILE")) or name == "IDP_DEV__CLOCK_FILE":
                continue
            *sections, key = name[4:-5].lower().split("__")
            target = found
            for section in sections:
                target = target.setdefault(section, {})
            target[key] = Path(path).read_text().strip()
        return found
