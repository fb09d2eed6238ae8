"""Judge values before they are kept: by the model of `idp.toml`, and against what only a form can do."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ValidationError

from idp.core.configuration.view import duration, plain, value_of
from idp.core.drawing.brand_rules import unfit_accent, unfit_link
from idp.core.errors import DomainError
from idp.core.settings import Settings
from idp.stored_settings.catalogue import CHOICES, Choice

_LONGEST = 300
_ADDRESS = re.compile(r"(?:[^<>@\"]{0,60}<)?[^\s@<>,;:\"]+@[^\s@<>,;:\"]+>?", re.ASCII)


class UnfitSettings(DomainError):
    """Some values cannot be; `problems` says of each name what is wrong with it."""

    def __init__(self, problems: Mapping[str, Any]) -> None:
        self.problems = dict(problems)
        first = next(iter(self.problems.items()))
        super().__init__(_l("%(name)s: %(problem)s", name=first[0], problem=first[1]), field=first[0])


def merge(base: Settings, values: Mapping[str, Any]) -> Settings:
    """Lay values over settings, each in its own section; raise UnfitSettings with every problem."""
    problems: dict[str, Any] = {}
    sections: dict[str, Any] = {}
    for name in sorted(values):
        section, _, key = name.partition(".")
        sections.setdefault(section, {})[key] = values[name]
    made = {}
    for section, changed in sections.items():
        made[section], wrong = _validate(getattr(base, section), changed)
        problems |= {f"{section}.{key}": why for key, why in wrong.items()}
    merged = base.model_copy(update=made)
    problems |= {name: why for name in values if name not in problems and (why := _unfit(CHOICES[name], merged))}
    if problems:
        raise UnfitSettings(problems)
    return merged


def _validate(present: BaseModel, changed: dict[str, Any]) -> tuple[BaseModel, dict[str, str]]:
    """Return a section with what is right in it, and what is wrong with the rest."""
    try:
        return type(present).model_validate({**present.model_dump(), **changed}), {}
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    wrong = {str(each["loc"][0]): each["msg"].removeprefix("Value error, ") for each in found if each["loc"]}
    right = {key: value for key, value in changed.items() if key not in wrong}
    if len(right) == len(changed):
        return present, dict.fromkeys(changed, found[0]["msg"])
    section, more = _validate(present, right)
    return section, wrong | more


def as_stored(value: Any) -> Any:
    """Return a value as the table keeps it and JSON has it."""
    value = plain(value)
    return list(value) if isinstance(value, tuple) else value


def as_text(value: Any) -> str:
    """Return a value as a form shows it."""
    value = as_stored(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def read(choice: Choice, text: str) -> Any:
    """Return what was typed into a form or a terminal as the model takes it."""
    return [part for part in re.split(r"[\s,]+", text) if part] if choice.setting.kind == "list" else text.strip()


def _unfit(choice: Choice, merged: Settings) -> Any:
    value = value_of(merged, choice.name)
    if isinstance(value, timedelta):
        low, high = (timedelta(seconds=seconds) for seconds in choice.bounds)
        if not low <= value <= high:
            return _l("Use a time between %(low)s and %(high)s.", low=duration(low), high=duration(high))
    for text in value if isinstance(value, tuple) else [value]:
        if isinstance(text, str) and (why := _unfit_text(choice.name, text)):
            return why
    return None


def _unfit_text(name: str, text: str) -> Any:
    if len(text) > _LONGEST or not text.isprintable():
        return _l("Use one line of at most %(count)s characters.", count=_LONGEST)
    if name == "brand.name" and not text:
        return _l("Enter a name.")
    if name.endswith("_url"):
        return unfit_link(text)
    if name == "brand.accent":
        return unfit_accent(text)
    if name == "mail.sender" or (name == "brand.support_email" and text):
        return None if _ADDRESS.fullmatch(text) else _l("This is not an e-mail address.")
    return None
