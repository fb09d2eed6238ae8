"""One row of the gallery."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class State:
    """A page in one of its states."""

    name: str
    title: str
    template: str
    context: Callable[[], dict[str, Any]]
    status: int = 200
    flash: tuple[str, str] | None = None
