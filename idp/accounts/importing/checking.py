"""Turn a row into the person it describes, or say all that is wrong with it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.accounts.credentials import foreign_hashes
from idp.accounts.email.addresses import check_external_id, normalise_email
from idp.accounts.errors import UnfitAddress
from idp.accounts.importing.problems import Problem
from idp.accounts.importing.reading import Row
from idp.accounts.profiles.profile import FIELDS, check_profile
from idp.core.errors import DomainError

STATES = ("active", "disabled", "invited")
_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LONGEST = 1000


@dataclass(frozen=True)
class Person:
    """Who a row describes; what it does not say is None or empty."""

    line: int
    email: str
    normalised: str
    external_id: str | None
    values: dict[str, Any]
    verified: bool | None
    state: str | None
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    password_hash: str | None


def check_row(row: Row) -> tuple[Person, list[Problem]]:
    """Return what of a row describes a person, and what is wrong with the rest."""
    reader = _Reader(row)
    shown, normalised = reader.read("email", _email) or ("", "")
    external_id = reader.read("external_id", _external_id)
    verified = reader.read("email_verified", _answer)
    values = {name: value for name in FIELDS if (value := reader.read(name, _profile(name))) is not None}
    state = reader.read("state", _state)
    roles, groups = reader.read("roles", _names) or (), reader.read("groups", _names) or ()
    password_hash = reader.read("password_hash", _hash)
    if "email" not in row.values:
        reader.problems.append(Problem(row.line, "email", "no_email"))
    if row.twice:
        reader.problems.append(Problem(row.line, row.twice, "twice"))
    person = Person(
        row.line, shown, normalised, external_id, values, verified, state, roles, groups, password_hash
    )  # fmt: skip
    return person, reader.problems


class _Unfit(Exception):
    """A value that does not fit; names the problem."""


class _Reader:
    """Reads the columns of one row and collects what is wrong."""

    def __init__(self, row: Row) -> None:
        self.row, self.problems = row, list[Problem]()

    def read(self, column: str, check: Callable[[Any], Any]) -> Any:
        if (value := self.row.values.get(column)) is None:
            return None
        try:
            return check(_bounded(value))
        except _Unfit as error:
            self.problems.append(Problem(self.row.line, column, str(error)))
        except DomainError as error:
            self.problems.append(Problem(self.row.line, column, "bad_value", error.public))
        except (TypeError, ValueError, AttributeError):
            self.problems.append(Problem(self.row.line, column, "bad_value"))
        return None


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST:
        raise _Unfit("bad_value")
    return value


def _email(value: Any) -> tuple[str, str]:
    if not isinstance(value, str):
        raise UnfitAddress
    return normalise_email(value)


def _external_id(value: Any) -> str | None:
    # A spreadsheet or a program may have made a number of it.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Unfit("bad_value")
    return check_external_id(str(value))


def _answer(value: Any) -> bool:
    found = value if isinstance(value, bool) else _ANSWERS.get(str(value).lower())
    if found is None:
        raise _Unfit("bad_answer")
    return found


def _state(value: Any) -> str:
    if value not in STATES:
        raise _Unfit("bad_state")
    return str(value)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name for name in re.split(r"[;,\s]+", value) if name]
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _Unfit("bad_value")
    return tuple(dict.fromkeys(name[:120] for name in value))


def _hash(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 500 or not foreign_hashes.is_known(value):
        raise _Unfit("unknown_hash")
    return value


def _profile(name: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if name == "phone_number_verified":
            return _answer(value)
        if name == "address":
            value = json.loads(value) if isinstance(value, str) else value
        elif not isinstance(value, str):
            raise _Unfit("bad_value")
        return check_profile({name: value})[name]

    return check
