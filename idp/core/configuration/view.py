"""Every setting as a row: what it is called, what it means, what it is now and where that came from."""

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from idp.core.configuration.sources import config_path
from idp.core.settings import Settings

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_ADDRESSES = re.compile(r"(^|\.)url$")


@dataclass(frozen=True)
class Setting:
    """One setting."""

    name: str
    kind: str
    default: Any
    description: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "IDP_" + self.name.upper().replace(".", "__")

    @property
    def default_text(self) -> str:
        """The default as it is written in `idp.toml`."""
        return as_toml(self.default)


def all_settings() -> list[Setting]:
    """List every setting in the order of the model."""
    return list(_walk(Settings, ""))


def value_of(config: Settings, name: str) -> Any:
    """Return the value of a setting by its dotted name."""
    value: Any = config
    for part in name.split("."):
        value = getattr(value, part)
    return value


def origin_of(setting: Setting) -> str:
    """Say where the present value of a setting comes from."""
    if variable := _variable_of(setting):
        path = os.environ.get(variable) if variable.endswith("_FILE") else None
        return f"{variable} ({path})" if path else variable
    table: Any = _file_values()
    for part in setting.name.split("."):
        table = table.get(part) if isinstance(table, dict) else None
    return _file_origin(setting.name) if table is not None else "default"


def is_pinned(setting: Setting) -> bool:
    """Tell whether the environment sets a value, so that nothing else can."""
    return _variable_of(setting) is not None


def _variable_of(setting: Setting) -> str | None:
    """Return the variable that sets a value, or None."""
    name, within = setting.variable, setting.variable + "__"
    if name in os.environ or any(each.startswith(within) for each in os.environ):
        return name
    return f"{name}_FILE" if f"{name}_FILE" in os.environ else None


def _file_origin(name: str) -> str:
    path = config_path()
    number = line_of(path, name) if path else None
    return f"{path}:{number}" if number else str(path)


def line_of(path: Path, name: str) -> int | None:
    """Find the line of `idp.toml` that sets a name."""
    section, _, key = name.rpartition(".")
    present = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if header := re.fullmatch(r"\s*\[([\w.]+)\]\s*(#.*)?", line):
            present = header[1]
            if present == name:
                return number
        elif (
            (assigned := re.match(r"\s*([\w.]+)\s*=", line)) and assigned[1] in {key, name} and present in {section, ""}
        ):
            return number
    return None


def mask(name: str, value: Any) -> Any:
    """Take the password out of an address."""
    if isinstance(value, str) and _ADDRESSES.search(name) and "@" in value:
        parts = urlsplit(value)
        user = f"{parts.username}:" if parts.username else ""
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{user}***@{host}")) if parts.password else value
    return value


def as_toml(value: Any) -> str:
    """Write a value as `idp.toml` has it."""
    if value is None:
        return '"…"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f'"{duration(value)}"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return "{}" if value == {} else f'"{value}"'


def duration(value: timedelta) -> str:
    """Write a duration in its largest whole unit."""
    seconds = int(value.total_seconds())
    return next((f"{seconds // size}{unit}" for unit, size in _UNITS if seconds % size == 0), f"{seconds}s")


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, timedelta):
        return duration(value)
    return str(value) if isinstance(value, Path) else value


def _walk(model: type[BaseModel], prefix: str) -> Iterator[Setting]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _walk(field.annotation, f"{prefix}{name}.")
        else:
            yield Setting(prefix + name, _kind(field), _default(field), (field.description or "").strip())


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    return None if value is PydanticUndefined else value


def _kind(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return " or ".join(str(choice) for choice in get_args(annotation))
    text = str(annotation)
    for word, kind in (
        ("dict", "table"), ("timedelta", "duration"), ("bool", "on or off"), ("tuple", "list"), ("Path", "path"),
        ("int", "number"),
    ):  # fmt: skip
        if word in text:
            return kind
    return "text"


def _file_values() -> dict[str, Any]:
    path = config_path()
    return tomllib.loads(path.read_text()) if path and path.is_file() else {}
