"""Write rows as CSV that no spreadsheet takes for formulas."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULAS = frozenset({"=", "+", "-", "@", "\t", "\r"})


def write_csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a header and rows as one text; an object in a cell is written as JSON."""
    return write_rows([header, *rows])


def write_rows(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as text, without a header."""
    file = io.StringIO()
    csv.writer(file).writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in _FORMULAS else text
