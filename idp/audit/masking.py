"""Hide what a name calls a secret. Events hold none; should one ever slip in, no page shows it."""

import re
from typing import Any

HIDDEN = "••••"
_SECRET = re.compile(
    r"(^|[_-])(secret|password|passphrase|token|code|assertion|verifier|seed|private_key)$", re.IGNORECASE
)


def mask(value: Any, name: str = "") -> Any:
    """Return a value of an event with its secrets hidden, however deep they are."""
    if isinstance(value, dict):
        return {key: mask(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask(inner, name) for inner in value]
    return HIDDEN if isinstance(value, str) and value and _SECRET.search(name) else value
