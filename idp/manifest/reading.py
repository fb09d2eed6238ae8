"""Read a manifest: its values, the lines they stand on, and everything that is wrong with its form."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from idp.manifest import lines
from idp.manifest.document import SECTIONS, Entry, Manifest, PermissionEntry, SecretSource

_SECRET_WORDS = {"client_secret", "secrets", "password"}
_WANTED = {
    "bool_type": "true or false is wanted",
    "dict_type": "a table is wanted",
    "int_type": "a whole number is wanted",
    "list_type": "a list is wanted",
    "model_type": "a table is wanted",
    "string_type": "a text is wanted",
}
"""What the commonest mistakes are called here."""
_NESTED: dict[str, type[Entry]] = {"permissions": PermissionEntry, "secret": SecretSource}


@dataclass(frozen=True)
class Problem:
    """Something wrong with a manifest, and its line."""

    line: int
    says: str


@dataclass(frozen=True)
class Place:
    """An entry as it stands in the file."""

    section: str
    number: int
    kind: str
    name: str
    entry: Any
    """The entry in its form; None when the form is wrong."""


class Unreadable(Exception):
    """The file is no TOML at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.says)
        self.problem = problem


class Document:
    """A manifest that was read; it may still ask for what cannot be."""

    def __init__(self, text: str) -> None:
        self.values = _parse(text)
        self.lines = lines.Lines(text)
        self.problems: list[Problem] = []
        self.places: list[Place] = []
        self._check_form()
        for section in SECTIONS:
            self.places += self._places(section)

    @classmethod
    def read(cls, path: Path) -> "Document":
        """Read a file; raise Unreadable."""
        try:
            return cls(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Unreadable(Problem(1, "this is not text in UTF-8")) from error

    def blame(self, says: str, *path: str | int) -> None:
        """Note a problem of something in the file."""
        self.problems.append(Problem(self.lines.of(path), says))

    def entries(self, section: str) -> list[Place]:
        """Return the entries of a section whose form is right."""
        return [place for place in self.places if place.section == section and place.entry is not None]

    def _check_form(self) -> None:
        try:
            Manifest.model_validate(self.values)
        except ValidationError as error:
            for each in error.errors(include_url=False, include_input=False):
                self.blame(_sentence(each["loc"], each["type"], each["msg"]), *_without_marks(each["loc"]))

    def _places(self, section: str) -> Iterator[Place]:
        kind, form, named_by = SECTIONS[section]
        found = self.values.get(section)
        seen: dict[str, int] = {}
        for number, item in enumerate(found if isinstance(found, list) else []):
            name = item.get(named_by) if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name in seen:
                first = self.lines.of((section, seen[name], named_by))
                self.blame(f"{kind} {name!r} stands in line {first} already", section, number, named_by)
                continue
            seen[name] = number
            yield Place(section, number, kind, name, _entry(form, item))


def suggest(name: str, known: Any) -> str:
    """Return a question whether something of a similar name was meant, or nothing."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        says = str(error)[: place.start()] if place else str(error).removesuffix(" (at end of document)")
        line = int(place[1]) if place else text.count("\n") + 1
        raise Unreadable(Problem(line, f"this is not TOML: {says[:1].lower()}{says[1:]}")) from error
    except ValueError as error:
        # Python refuses decimal numbers of thousands of digits, without saying where.
        raise Unreadable(Problem(1, "a number in it is too long")) from error
    except RecursionError as error:
        raise Unreadable(Problem(1, "this is nested too deeply")) from error


def _entry(form: type[BaseModel], item: Any) -> Any:
    try:
        return form.model_validate(item)
    except ValidationError:
        return None


def _sentence(path: tuple[str | int, ...], kind: str, says: str) -> str:
    """Say what is wrong with the form; the value itself is not shown, for it may be a secret."""
    field = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        if len(path) > 1 and field in _SECRET_WORDS:
            return f'{field!r} is not a field: write secret = {{ env = "NAME" }} or {{ file = "PATH" }}'
        return f"{field!r} is not a {'field' if len(path) > 1 else 'section'}{suggest(field, _fields_at(path[:-1]))}"
    if kind == "missing":
        return f"{field!r} is missing"
    if path and path[-1] == "secret" and len(path) == 3 and kind != "value_error":
        return '\'secret\' does not stand in the file: write secret = { env = "NAME" } or { file = "PATH" }'
    named = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    says = _WANTED.get(kind, says.removeprefix("Value error, "))
    return f"{named!r}: {says[:1].lower()}{says[1:]}"


def _fields_at(path: tuple[str | int, ...]) -> list[str]:
    """Return the names that may stand at a place."""
    texts = [part for part in path if isinstance(part, str)]
    if not texts:
        return list(SECTIONS)
    form = _NESTED.get(texts[-1]) if len(texts) > 1 else None
    return list((form or SECTIONS[texts[0]][1]).model_fields)


def _without_marks(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Leave out what pydantic adds to a path where a key of a mapping is wrong."""
    return tuple(part for part in path if part != "[key]")
