"""The roles of a person, and what they may do by which way."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access import assignments
from idp.access import service as access
from idp.access.derived import paths
from idp.access.people import direct_roles_of
from idp.accounts import service
from idp.accounts.lifecycle import undo
from idp.admin.answers import done
from idp.admin.people.forms import RoleForm
from idp.admin.people.listing import role_names
from idp.admin.people.tabs import GIVE, READ, show, url_of
from idp.admin.routes import act, page
from idp.audit.tags import Tag


@page("/users/<user_id>/roles", READ)
def user_roles(user_id: str) -> Response:
    person = service.get_user(user_id)
    direct = direct_roles_of(person.id)
    return show(
        "user_roles", "roles", person, direct=direct, by_way=_by_way(person.id, direct),
        groups=access.group_names(person.id), all_roles=role_names(), paths=paths.paths_of(person.id),
    )  # fmt: skip


@act("/users/<user_id>/roles", GIVE, Tag.ROLE_GRANTED, sudo=True)
def give_role(user_id: str) -> Response:
    form = RoleForm(request.form)
    assignments.grant_role(service.get_user(user_id).id, form.role.data or "")
    return done(_("The role was given."), url_of("user_roles", user_id))


@act("/users/<user_id>/roles/<role>/remove", GIVE, Tag.ROLE_REVOKED)
def take_role(user_id: str, role: str) -> Response:
    taken = assignments.revoke_role(service.get_user(user_id).id, role)
    way = (url_for("admin.undo_take_role", user_id=user_id), undo.offer(Tag.ROLE_REVOKED, user_id, role=role))
    return done(_("The role was taken away."), url_of("user_roles", user_id), undo=way if taken else None)


@act("/users/<user_id>/roles/undo", GIVE, Tag.ROLE_GRANTED)
def undo_take_role(user_id: str) -> Response:
    undo.undo_role(service.get_user(user_id).id, request.form.get("undo", ""))
    return done(_("The role was given."), url_of("user_roles", user_id))


def _by_way(user_id: str, direct: list[str]) -> list[tuple[str, str]]:
    """Return the roles that a person was not given themselves, each with the way by which it came first."""
    found = dict[str, str]()
    for way in sorted(paths.role_ways(user_id), key=lambda one: len(one.through)):
        name = way.through[-1] if way.through else way.role
        before = way.through[-2] if len(way.through) > 1 else way.role
        says = _("included by %(role)s", role=before) if way.through else _("by a group")
        if name not in direct:
            found.setdefault(name, says)
    return sorted(found.items())
