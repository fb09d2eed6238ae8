"""One thing that needs attention, and the page of the console that mends it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for


@dataclass(frozen=True)
class Point:
    """What was found, and the one thing to do about it."""

    name: str
    says: Any
    action: Any
    """The words of the link."""
    endpoint: str
    permission: str
    """What one needs to see it."""
    values: dict[str, Any] = field(default_factory=dict)
    """Of the address."""
    about: Any = ""
    """The name of what is meant, before the sentence."""
    at: datetime | None = None
    """A moment that belongs at the end of the sentence."""

    @property
    def url(self) -> str:
        """Where it is mended."""
        return url_for(self.endpoint, **self.values)
