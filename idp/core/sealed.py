"""Which columns hold sealed values that stay: each slice names its own, so that all can be sealed anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SealedColumn:
    """A column, the key of its rows, and the place a value is bound to there."""

    column: Any
    key: Any
    place: Callable[[str], str]


COLUMNS: list[SealedColumn] = []


def sealed(column: Any, key: Any, place: Callable[[str], str]) -> None:
    """Name a column of sealed values; what is gone within weeks need not be named."""
    COLUMNS.append(SealedColumn(column, key, place))
