"""The exceptions a service raises when a rule says no; each carries the sentence that people may read."""

from typing import Any

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A rule said no.

    `public` is a constant (lazily translated) sentence; no input of the request ever enters it.
    """

    status = 422
    exit_code = 1
    about: str | None = None
    """Which of several it was about, where an operator does something to several at once."""

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


class ChangedMeanwhile(Conflict):
    """Somebody else saved the thing since the asker read it: nothing of theirs is overwritten unseen."""

    def __init__(self, public: Any = "") -> None:
        super().__init__(public or _l("Somebody changed this meanwhile. Look at it again, then repeat your change."))


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
