"""What one application remembers of the database, safe against a change that comes while it is being read."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from flask import Flask, current_app

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by key, at most so many; each application has its own.

    A loader must read what is committed now, not a snapshot taken before (`idp.core.db.single_statements`). A value
    that was read while its key was being forgotten is used once and not kept.
    """

    def __init__(self, name: str, *, most: int) -> None:
        self.name, self.most = name, most

    def get(self, key: str, load: Callable[[], Value | None]) -> Value | None:
        """Return the value of a key, loaded when it is not remembered; None is not remembered."""
        held = self._held()
        if (known := held.values.get(key)) is not None:
            return known
        number = held.number
        value = load()
        with held.lock:
            if value is not None and held.number == number:
                while len(held.values) >= self.most:
                    del held.values[next(iter(held.values))]
                held.values[key] = value
        return value

    def forget(self, key: str = "*", *, app: Flask | None = None) -> None:
        """Forget the value of a key, or all of them."""
        held = self._held(app)
        with held.lock:
            held.number += 1
            if key == "*":
                held.values.clear()
            else:
                held.values.pop(key, None)

    def _held(self, app: Flask | None = None) -> "_Held[Value]":
        held: _Held[Value] = (app or current_app).extensions.setdefault(self.name, _Held())
        return held


class _Held(Generic[Value]):
    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.number = 0
        self.lock = threading.Lock()
