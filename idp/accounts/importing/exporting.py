"""Write people in the format that can be imported; never a password or its hash."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from idp.access.models import Group, Role, group_members, user_roles
from idp.accounts.importing.reading import COLUMNS
from idp.accounts.listing import Wanted, whole
from idp.accounts.models import User
from idp.accounts.profiles.profile import FIELDS
from idp.core.csv_text import write_csv
from idp.core.db import db

FORMATS = ("csv", "json", "jsonl")
_WRITTEN = tuple(column for column in COLUMNS if column != "password_hash")
_BATCH = 500


def export_people(form: str, wanted: Wanted | None = None) -> Iterator[str]:
    """Write whom a list means, or everybody, but those whose account is being deleted; a batch at a time, by id."""
    first = True
    if form == "csv":
        yield write_csv(_WRITTEN, [])
    for people in _batches(wanted or Wanted()):
        if form == "csv":
            rows = ([_cell(person[column]) for column in _WRITTEN] for person in people)
            yield write_csv(_WRITTEN, rows).split("\r\n", 1)[1]
            continue
        for person in people:
            text = json.dumps(
                {name: value for name, value in person.items() if value not in (None, "", [])}, ensure_ascii=False
            )
            yield text + "\n" if form == "jsonl" else ("[\n" if first else ",\n") + text
            first = False
    if form == "json":
        yield "[]\n" if first else "\n]\n"


def _batches(wanted: Wanted) -> Iterator[list[dict[str, Any]]]:
    last = ""
    query = whole(wanted).where(User.state != "deleting").order_by(User.id).limit(_BATCH)
    while users := list(db.session.execute(query.where(User.id > last)).scalars()):
        last = users[-1].id
        yield _as_rows(users)
        db.session.expunge_all()


def _as_rows(users: list[User]) -> list[dict[str, Any]]:
    ids, roles, groups = (
        [user.id for user in users],
        defaultdict[str, list[str]](list),
        defaultdict[str, list[str]](list),
    )
    given = select(user_roles.c.user_id, Role.name).join(Role, Role.id == user_roles.c.role_id)
    for user_id, name in db.session.execute(given.where(user_roles.c.user_id.in_(ids)).order_by(Role.name)):
        roles[user_id].append(name)
    member = select(group_members.c.user_id, Group.name).join(Group, Group.id == group_members.c.group_id)
    for user_id, name in db.session.execute(member.where(group_members.c.user_id.in_(ids)).order_by(Group.name)):
        groups[user_id].append(name)
    return [
        {
            "email": user.email, "email_verified": user.email_verified, "external_id": user.external_id,
            **{name: getattr(user, name) for name in FIELDS},
            # A locked account would come back open: it comes back turned off.
            "state": "disabled" if user.locked_at else user.state,
            "roles": roles[user.id], "groups": groups[user.id],
        }
        for user in users
    ]  # fmt: skip


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) if isinstance(value, list) else value
