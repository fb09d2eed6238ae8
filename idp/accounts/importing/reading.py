"""Read a file of people: CSV, a JSON list, or JSON Lines; told apart by how it begins."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from idp.accounts.importing.problems import Problem, UnfitFile
from idp.accounts.profiles.profile import FIELDS

COLUMNS = ("email", "email_verified", "external_id", *FIELDS, "state", "roles", "groups", "password_hash")
LARGEST_FILE = 16 * 1024 * 1024
MOST_ROWS = 50_000
_FORMULAS = ("'=", "'+", "'-", "'@", "'\t", "'\r")
Raw = tuple[int, dict[str, Any]]
"""A line number, and what stands in its columns; what says nothing is left out."""


@dataclass(frozen=True)
class Row:
    """One row of a file."""

    line: int
    values: dict[str, Any]
    twice: str | None = None
    """The column whose value an earlier row has already."""


def read_rows(data: bytes) -> list[Row]:
    """Read a file; raise UnfitFile when it is none of ours."""
    try:
        rows = list(_limited(_reader_of(_text_of(data))))
    except (ValueError, RecursionError, csv.Error) as error:
        raise UnfitFile(Problem(1, "", "unreadable")) from error
    return _mark_twice(rows)


def _text_of(data: bytes) -> str:
    text = data.decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("a NUL in a text")
    return text


def _reader_of(text: str) -> Iterator[Raw]:
    start = text.lstrip()[:1]
    if start == "[":
        return _read_list(text)
    return _read_lines(text) if start == "{" else _read_csv(text)


def _read_csv(text: str) -> Iterator[Raw]:
    head = text.split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in head and "," not in head else ",", strict=True
    )
    header = [name.strip().lower() for name in next(reader, [])]
    if "email" not in header:
        raise UnfitFile(Problem(1, "email", "no_email"))
    _check_columns(header, 1)
    line = reader.line_num + 1
    for cells in reader:
        if len(cells) > len(header):
            raise UnfitFile(Problem(line, "", "unreadable"))
        if any(cell.strip() for cell in cells):
            yield line, _said({name: _plain(cell) for name, cell in zip(header, cells, strict=False)})
        line = reader.line_num + 1


def _read_list(text: str) -> Iterator[Raw]:
    decoder, place, line, counted = json.JSONDecoder(), text.index("[") + 1, 1, 0
    while True:
        place = _skip(text, place, " \t\r\n,")
        if place >= len(text):
            raise ValueError("the list does not end")
        if text[place] == "]":
            return
        line, counted = line + text.count("\n", counted, place), place
        value, place = decoder.raw_decode(text, place)
        yield line, _checked(value, line)


def _read_lines(text: str) -> Iterator[Raw]:
    for line, part in enumerate(text.splitlines(), 1):
        if part.strip():
            yield line, _checked(json.loads(part), line)


def _checked(value: Any, line: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnfitFile(Problem(line, "", "unreadable"))
    _check_columns(list(value), line)
    return _said(value)


def _check_columns(names: list[str], line: int) -> None:
    for name in names:
        if name not in COLUMNS:
            raise UnfitFile(Problem(line, name[:40], "unknown_column"))
    if len(set(names)) != len(names):
        raise UnfitFile(Problem(line, "", "unreadable"))


def _limited(rows: Iterator[Raw]) -> Iterator[Raw]:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise UnfitFile(Problem(row[0], "", "too_many"))
        yield row


def _mark_twice(rows: list[Raw]) -> list[Row]:
    """Mark the rows whose address, user name or external id an earlier one has already."""
    seen: dict[str, set[str]] = {"email": set(), "username": set(), "external_id": set()}
    found = []
    for line, values in rows:
        twice = None
        for column, before in seen.items():
            value = str(values.get(column, "")).strip()
            value = value if column == "external_id" else value.lower()
            twice = twice or (column if value in before else None)
            before.update({value} - {""})
        found.append(Row(line, values, twice))
    return found


def _said(values: dict[str, Any]) -> dict[str, Any]:
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return {name: value for name, value in stripped.items() if value not in ("", None, [])}


def _plain(cell: str) -> str:
    """Take away the sign that our own files put before what a spreadsheet would take for a formula."""
    return cell[1:] if cell.startswith(_FORMULAS) else cell


def _skip(text: str, place: int, signs: str) -> int:
    while place < len(text) and text[place] in signs:
        place += 1
    return place
