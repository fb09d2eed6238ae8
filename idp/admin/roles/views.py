"""Roles and permissions: what each role may, all of them side by side, and what a change of that table would mean."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access import assignments, catalogue, holders
from idp.access.derived import allowances
from idp.access.derived.allowances import Pair
from idp.access.derived.inheritance import included_by_name, load_graph
from idp.access.derived.origins import Origin
from idp.access.differences import Difference, find_differences
from idp.access.guards import owners
from idp.access.models import Role
from idp.access.people import get_person, holders_of
from idp.admin.answers import done
from idp.admin.lists import MOST_COUNTED, after, before, paged, room
from idp.admin.routes import act, may, page, preview
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.db import transaction
from idp.core.http import render
from idp.core.keyset import count_rows
from idp.core.secrets import digest
from idp.operate.managed import is_managed, managed_names

READ, WRITE = "admin.roles.read", "admin.roles.write"
Cell = tuple[str, str, str]
"""Role, API identifier, permission."""


@dataclass(frozen=True)
class Change:
    """What one role would be given and lose itself."""

    role: str
    gained: list[Pair]
    lost: list[Pair]


@page("/roles", READ)
def roles() -> Response:
    counts = holders.count_roles(MOST_COUNTED)
    rows = [(role, counts[role.id]) for role in catalogue.list_roles()]
    managed = managed_names("api")
    return render(
        "admin/roles/list.html", rows=rows, most=MOST_COUNTED, managed=managed_names("role"),
        apis=[(api, api.identifier in managed) for api in catalogue.list_apis()],
    )  # fmt: skip


@page("/roles/matrix", READ)
def matrix() -> Response:
    return render("admin/roles/matrix.html", **_table())


@preview("/roles/matrix", WRITE)
def review_matrix() -> Response:
    wanted = _posted()
    return render("admin/roles/matrix_review.html", changes=_differences(_changes(wanted)), seen=_seen(),
                  managed=managed_names("role"), cells=sorted(_join(cell) for cell in wanted))  # fmt: skip


@act("/roles/matrix/save", WRITE, Tag.ROLE_PERMISSION_ADDED, sudo=True)
def save_matrix() -> Response:
    wanted = _posted()
    with transaction():
        owners.lock_owners()
        if request.form.get("seen") != _seen():
            return render("admin/roles/matrix_changed.html", 409)
        for change in _changes(wanted):
            role = catalogue.get_role(change.role)
            for identifier, permission in change.gained:
                catalogue.add_to_role(role, identifier, permission)
            for identifier, permission in change.lost:
                catalogue.take_from_role(role, identifier, permission)
    return done(_("Roles and permissions were saved."), url_for("admin.matrix"))


@page("/roles/<name>", READ)
def role(name: str) -> Response:
    row, graph = catalogue.get_role(name), load_graph()
    groups, shown, apis = holders.groups_with(row.id), may("admin.users.read"), _by_api(row)
    included_by = graph.names_including(row.id)
    found = holders.list_holders(row.id, after=after(), before=before(), limit=room()) if shown else []
    total = None if groups or included_by else holders.count_direct(row.id, MOST_COUNTED)
    return render(
        "admin/roles/detail.html", role=row, apis=apis, groups=groups, includes=graph.names_included_by(row.id),
        included_by=included_by, page=paged(found, "id", {}, total=total, name=name), shown=shown,
        claims=_claims([row.name, *(chain[-1] for chain in graph.chains_below(row.id).values())], apis),
        events=find_events(subject=f"role:{name}", limit=5), managed=is_managed("role", name),
    )  # fmt: skip


@act("/roles/<name>/people", WRITE, Tag.ROLE_GRANTED, sudo=True)
def give_role_here(name: str) -> Response:
    person = get_person(request.form.get("person", "")[:254])
    given = assignments.grant_role(person, catalogue.get_role(name).name)
    says = _("The role was given.") if given else _("They have the role already.")
    return done(says, url_for("admin.role", name=name))


def _by_api(row: Role) -> list[tuple[Any, list[Any]]]:
    """Return what a role allows, each permission with where it comes from, by API."""
    allowed = allowances.allowed_by_role(row)
    found = [
        (api, [(one, allowed[api.identifier, one.name]) for one in catalogue.list_permissions(api.id)
               if (api.identifier, one.name) in allowed])
        for api in catalogue.list_apis()
    ]  # fmt: skip
    return [(api, permissions) for api, permissions in found if permissions]


def _claims(names: list[str], apis: list[tuple[Any, list[Any]]]) -> list[tuple[Any, dict[str, Any]]]:
    """Return what the role adds to the tokens of who holds it, by API; without an API where it allows nothing."""
    parts: list[tuple[Any, list[Any]]] = apis or [(None, [])]
    return [
        (api, {"roles": sorted(names), "permissions": sorted(one.name for one, _source in held)})
        for api, held in parts
    ]  # fmt: skip


def _table() -> dict[str, Any]:
    """Return the roles, the permissions by API, and which role holds which."""
    apis = [(api, catalogue.list_permissions(api.id)) for api in catalogue.list_apis()]
    return {"roles": catalogue.list_roles(), "apis": apis, "held": {_join(cell) for cell in _held()}, "seen": _seen(),
            "join": _join, "brought": _brought()}  # fmt: skip


def _held() -> set[Cell]:
    own = allowances.own_permissions()
    return {(role.name, *pair) for role in catalogue.list_roles() for pair in own.get(role.id, ())}


def _brought() -> dict[str, Origin]:
    """Return the cells that roles allow without holding them, each with where it comes from."""
    graph, own = load_graph(), allowances.own_permissions()
    return {
        _join((role.name, *pair)): source
        for role in catalogue.list_roles()
        for pair, source in allowances.allowed_by(allowances.chains_of(role.id, graph), own).items()
        if not source.is_own
    }


def _seen() -> str:
    """Name the present table in few signs, so that a change somebody made meanwhile is noticed."""
    included = [f"{name}>{other}" for name, others in included_by_name().items() for other in others]
    return digest("\n".join(sorted([*(_join(cell) for cell in _held()), *included])))


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
            changes.append(Change(row.name, gained, lost))
    return changes


def _differences(changes: list[Change]) -> list[tuple[Difference, int]]:
    """Return what the changed roles, and those that include them, would allow more and less, and to how many people."""
    ids = {row.name: row.id for row in catalogue.list_roles()}
    held = allowances.own_permissions()
    own = {ids[one.role]: held.get(ids[one.role], set()).union(one.gained) - set(one.lost) for one in changes}
    found = find_differences(list(own), own=own)
    return [(one, count_rows(holders_of(one.role))) for one in found if not (one.is_none and one.by)]


def _join(cell: Cell) -> str:
    return "|".join(cell)
