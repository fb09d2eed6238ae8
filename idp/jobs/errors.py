"""What the rules of long work refuse."""

from typing import Any

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, NotFound


class UnknownJob(NotFound):
    """No such job."""

    def __init__(self) -> None:
        super().__init__(_l("There is no such job."))


class NotWaiting(Conflict):
    """The job was started, ended or taken back already."""

    def __init__(self) -> None:
        super().__init__(_l("This was started or taken back already."))


class LeaseLost(Exception):
    """Somebody else goes on with the job: what this step did is undone."""


class Abandoned(DomainError):
    """The job cannot go on, now or later; `public` says why."""

    def __init__(self, public: Any) -> None:
        super().__init__(public)
