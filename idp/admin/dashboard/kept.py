"""Numbers that cost something to find out: each process remembers them for a minute."""

import time
from collections.abc import Callable
from typing import Any

from flask import current_app

_SECONDS = 60
_EXTENSION = "idp.admin.tiles"


def keep(name: str, find: Callable[[], Any]) -> Any:
    """Return what was found within the last minute, or find it now."""
    kept: dict[str, tuple[float, Any]] = current_app.extensions.setdefault(_EXTENSION, {})
    found = kept.get(name)
    if found is None or time.monotonic() - found[0] > _SECONDS:
        found = kept[name] = time.monotonic(), find()
    return found[1]
