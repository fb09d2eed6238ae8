"""The exceptions a service raises when a rule says no; each carries the sentence that people may read."""

from typing import Any


class DomainError(Exception):
    """A rule said no.

    `public` is a constant (lazily translated) sentence; no input of the request ever enters it.
    """

    status = 422
    exit_code = 1

    def __init__(self, public: Any = "", *, field: str | None = None) -> None:
        super().__init__(str(public))
        self.public = public
        self.field = field


class NotFound(DomainError):
    """The thing named does not exist, or the asker may not know that it does."""

    status = 404
    exit_code = 3


class Conflict(DomainError):
    """The thing exists already, or somebody changed it meanwhile."""

    status = 409
    exit_code = 4


class Forbidden(DomainError):
    """The asker is known and may not."""

    status = 403
    exit_code = 1


class TooMany(DomainError):
    """A limit is reached; `retry_after` is in seconds, `begins` tells that it was this try that reached it."""

    status = 429
    exit_code = 1

    def __init__(self, retry_after: int, public: Any = "", *, begins: bool = False) -> None:
        super().__init__(public)
        self.retry_after = max(1, retry_after)
        self.begins = begins
