"""People as the command line tells of them: as data for programs, as lines for whoever reads."""

from typing import Any

from idp.access import service as access
from idp.accounts import service
from idp.accounts.models import User
from idp.core.cli import emit


def as_dict(person: User) -> dict[str, Any]:
    """Return a person as plain data, with their roles and groups."""
    return service.as_dict(person) | {
        "roles": access.role_names(person.id),
        "groups": access.group_names(person.id),
    }


def show(person: User, *, as_json: bool) -> None:
    """Print a person."""
    emit(as_dict(person), as_json=as_json, human=page)


def page(data: dict[str, Any]) -> str:
    """Return a person in lines."""
    return "\n".join(f"{name:<22}{_word(value)}" for name, value in data.items() if value is not None)


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def table(people: list[dict[str, Any]]) -> str:
    """Return people in a table."""
    if not people:
        return "Nobody matches."
    rows = (
        f"{person['id']}  {person['email']:<34} {'locked' if person['locked'] else person['state']:<9} "
        f"{person['name']:<24} {', '.join(person['roles'])}"
        for person in people
    )
    return "\n".join(row.rstrip() for row in rows)
