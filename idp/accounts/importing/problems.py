"""What can be wrong with a row: why, and what mends it."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.core.errors import DomainError

BEING_DELETED = "being_deleted"
SENTENCES: dict[str, tuple[Any, Any]] = {
    "unreadable": (_l("This cannot be read."), _l("Use CSV, JSON or JSON Lines in UTF-8, as in the template.")),
    "unknown_column": (_l("There is no such column."), _l("Use the columns of the template only.")),
    "no_email": (_l("The address is missing."), _l("Give each row an e-mail address.")),
    "too_many": (_l("There are too many rows."), _l("Import at most 50,000 rows at a time.")),
    "bad_value": (_l("The value does not fit its column."), _l("See the template for what fits.")),
    "twice": (_l("The same value is on an earlier row, too."), _l("Keep one of the rows.")),
    "bad_state": (_l("There is no such state."), _l("Use active, disabled or invited.")),
    "bad_answer": (_l("This is neither yes nor no."), _l("Use yes or no.")),
    "unknown_hash": (
        _l("This password hash cannot be checked here."),
        _l("Use bcrypt, argon2id, pbkdf2-sha256 or scrypt, or leave it empty."),
    ),
    "password_of_theirs": (
        _l("This account is there already, without a password."),
        _l("Leave it empty: its owner alone chooses one."),
    ),
    "state_of_theirs": (
        _l("This account is there already, in another state."),
        _l("Leave it empty: an account is turned on or off by itself."),
    ),
    BEING_DELETED: (_l("This account is being deleted."), _l("Keep the account first, or take the row out.")),
    "unknown_role": (_l("There is no role of that name."), _l("Create the role first, or take it out.")),
    "unknown_group": (_l("There is no group of that name."), _l("Create the group first, or take it out.")),
    "not_your_level": (
        _l("Nobody can give or take what they do not have themselves."),
        _l("Ask somebody who may do more."),
    ),
    "username_taken": (_l("Another account uses this user name."), _l("Choose another user name.")),
    "address_of_another": (
        _l("Another account than the one with this external id uses the address."),
        _l("Give the address of the person with this external id, or correct the external id."),
    ),
    "other_external_id": (
        _l("The account with this address has another external id."),
        _l("Correct the address or the external id, or change it on the page of the person."),
    ),
    "address_reserved": (
        _l("The address was given up a few days ago and may come back to its owner."),
        _l("Wait for a week, or use another address."),
    ),
    "refused": (_l("A rule of the house refused this row."), _l("Try the row alone to see which one.")),
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one row."""

    line: int
    column: str
    code: str
    says: Any = None
    """What mends it, where the rule itself says so."""

    @property
    def reason(self) -> str:
        """Why the row cannot be taken."""
        return str(SENTENCES[self.code][0])

    @property
    def fix(self) -> str:
        """What to do about it."""
        return str(self.says or SENTENCES[self.code][1])

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"line": self.line, "column": self.column, "reason": self.reason, "fix": self.fix}


class UnfitFile(DomainError):
    """The file as a whole cannot be taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(_l("%(reason)s %(fix)s", reason=problem.reason, fix=problem.fix), field="file")
        self.problem = problem
