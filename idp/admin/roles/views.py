"""Roles and permissions: what each role may, all of them side by side, and what a change of that table would mean."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from idp.access import catalogue
from idp.access.models import Role, user_roles
from idp.access.people import holders_of
from idp.accounts.models import User
from idp.admin.answers import done
from idp.admin.routes import act, page, preview
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.http import render
from idp.core.secrets import digest
from idp.operate.managed import is_managed

READ, WRITE = "admin.roles.read", "admin.roles.write"
_MOST_MEMBERS = 50
Cell = tuple[str, str, str]
"""Role, API identifier, permission."""


@dataclass(frozen=True)
class Change:
    """What one role gains and loses, and how many people that touches."""

    role: str
    gained: list[tuple[str, str]]
    lost: list[tuple[str, str]]
    people: int


@page("/roles", READ)
def roles() -> Response:
    query = select(user_roles.c.role_id, func.count()).group_by(user_roles.c.role_id)
    counts: dict[str, int] = {row[0]: row[1] for row in db.session.execute(query)}
    rows = [
        (role, counts.get(role.id, 0), len(catalogue.permissions_of_role(role.id))) for role in catalogue.list_roles()
    ]
    return render("admin/roles/list.html", rows=rows,
                  apis=[(api, is_managed("api", api.identifier)) for api in catalogue.list_apis()])  # fmt: skip


@page("/roles/matrix", READ)
def matrix() -> Response:
    return render("admin/roles/matrix.html", **_table())


@preview("/roles/matrix", WRITE)
def review_matrix() -> Response:
    wanted = _posted()
    return render("admin/roles/matrix_review.html", changes=_changes(wanted), seen=_seen(),
                  cells=sorted(_join(cell) for cell in wanted))  # fmt: skip


@act("/roles/matrix/save", WRITE, Tag.ROLE_PERMISSION_ADDED, sudo=True)
def save_matrix() -> Response:
    wanted = _posted()
    if request.form.get("seen") != _seen():
        return render("admin/roles/matrix_changed.html", 409)
    with transaction():
        for change in _changes(wanted):
            role = catalogue.get_role(change.role)
            for identifier, permission in change.gained:
                catalogue.add_to_role(role, identifier, permission)
            for identifier, permission in change.lost:
                catalogue.take_from_role(role, identifier, permission)
    return done(_("Roles and permissions were saved."), url_for("admin.matrix"))


@page("/roles/<name>", READ)
def role(name: str) -> Response:
    row = catalogue.get_role(name)
    members = select(User).where(User.id.in_(holders_of(name))).order_by(User.email_normalised).limit(_MOST_MEMBERS + 1)
    found = list(db.session.execute(members).scalars())
    return render(
        "admin/roles/detail.html", role=row, permissions=catalogue.permissions_of_role(row.id),
        members=found[:_MOST_MEMBERS], has_more=len(found) > _MOST_MEMBERS,
        events=find_events(subject=f"role:{name}", limit=5), managed=is_managed("role", name),
    )  # fmt: skip


def _table() -> dict[str, Any]:
    """Return the roles, the permissions by API, and which role holds which."""
    apis = [(api, catalogue.list_permissions(api.id)) for api in catalogue.list_apis()]
    return {"roles": catalogue.list_roles(), "apis": apis, "held": {_join(cell) for cell in _held()}, "seen": _seen(),
            "join": _join}  # fmt: skip


def _held() -> set[Cell]:
    return {(role.name, *pair) for role in catalogue.list_roles() for pair in catalogue.permissions_of_role(role.id)}


def _seen() -> str:
    """Name the present table in few signs, so that a change somebody made meanwhile is noticed."""
    return digest("\n".join(sorted(_join(cell) for cell in _held())))


def _posted() -> set[Cell]:
    cells = (tuple(text.split("|", 2)) for text in request.form.getlist("cell"))
    return {(cell[0], cell[1], cell[2]) for cell in cells if len(cell) == 3}


def _changes(wanted: set[Cell]) -> list[Change]:
    """Compare the table with what is wanted; built-in roles stay as they are."""
    held, changes = _held(), []
    for row in catalogue.list_roles():
        gained = sorted(cell[1:] for cell in wanted - held if cell[0] == row.name)
        lost = sorted(cell[1:] for cell in held - wanted if cell[0] == row.name)
        if (gained or lost) and not row.builtin:
            changes.append(Change(row.name, gained, lost, _count(row)))
    return changes


def _count(row: Role) -> int:
    return int(db.session.execute(select(func.count()).select_from(holders_of(row.name).subquery())).scalar_one())


def _join(cell: Cell) -> str:
    return "|".join(cell)
