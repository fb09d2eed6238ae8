"""ROUTES: every route of the console with the permission it needs, whether it asks who it is, and what it records."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, g, request, url_for
from flask_babel import lazy_gettext as _l

from idp.access import service as access
from idp.access.permissions import covers
from idp.admin import idle
from idp.audit.tags import Tag
from idp.authn import policy
from idp.authn.acr import TWO_FACTORS
from idp.core.http import see_other
from idp.core.settings import settings
from idp.sessions import http as sessions
from idp.sessions import interactions
from idp.sessions.errors import NotPermitted
from idp.sessions.guards import login_required

View = TypeVar("View", bound=Callable[..., Any])
blueprint = Blueprint("admin", __name__, url_prefix="/admin")
blueprint.after_request(idle.note_visit)


@dataclass(frozen=True)
class Route:
    """One route."""

    method: str
    rule: str
    endpoint: str
    permission: str
    event: Tag | None = None
    """What a post leaves in the trail, once."""
    sudo: bool = False
    """Whether it first asks the person to confirm who they are."""


ROUTES: list[Route] = []


def page(rule: str, permission: str, *, sudo: bool = False) -> Callable[[View], View]:
    """Add a page that shows something."""

    def add(view: View) -> View:
        route = Route("GET", rule, view.__name__, permission, sudo=sudo)
        return _mount(route, view)

    return add


def act(rule: str, permission: str, event: Tag, *, sudo: bool = False) -> Callable[[View], View]:
    """Add a form's target that changes something and leaves one event."""

    def add(view: View) -> View:
        return _mount(Route("POST", rule, view.__name__, permission, event, sudo), view)

    return add


def preview(rule: str, permission: str, *, sudo: bool = False) -> Callable[[View], View]:
    """Add a form's target that shows what would happen, and changes nothing."""

    def add(view: View) -> View:
        return _mount(Route("POST", rule, view.__name__, permission, sudo=sudo), view)

    return add


def may(permission: str) -> bool:
    """Tell whether the person of this request has a permission of ours."""
    return covers(_own_permissions(), permission)


def _own_permissions() -> frozenset[str]:
    """Read once a request what the person may do: a page asks for each of its entries and buttons."""
    user_id = sessions.get_person().id
    kept: tuple[str, frozenset[str]] | None = g.get("admin_permissions")
    if kept is None or kept[0] != user_id:
        api = access.find_api(access.own_api())
        kept = g.admin_permissions = user_id, frozenset(access.permission_names(user_id, api.id) if api else ())
    return kept[1]


def _mount(route: Route, view: View) -> View:
    ROUTES.append(route)

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        return _refuse(route) or view(*args, **values)

    methods = {"GET": ["GET"], "POST": ["POST"]}[route.method]
    blueprint.add_url_rule(route.rule, route.endpoint, login_required(guarded), methods=methods)
    return view


def _refuse(route: Route) -> Response | None:
    """Return what stands before a route, or None: the permission first, then how the person signed in."""
    if not may(route.permission):
        raise NotPermitted(route.permission)
    if _needs_second_step():
        return _to_second_step()
    if idle.is_idle():
        says = _l("You have not been here for a while. Confirm it’s you.")
        return sessions.to_reauthentication(says, _l("Go on"), "portal.home", settings().admin.idle)
    idle.begin_visit()
    return ask_who_it_is() if route.sudo else None


def ask_who_it_is() -> Response | None:
    """Ask the person to confirm who they are unless they just did; for what only some posts of a route need."""
    within = settings().admin.sudo
    if sessions.is_fresh(within):
        return None
    says = _l("To change this, confirm it’s you.")
    return sessions.to_reauthentication(says, _l("Go on"), "admin.dashboard", within)


def _needs_second_step() -> bool:
    wanted = policy.console_class()
    return wanted is not None and sessions.get_session().acr < wanted


def _to_second_step() -> Response:
    here = request.full_path.removesuffix("?") if request.method == "GET" else url_for("admin.dashboard")
    asked = interactions.start(return_to=here, required_acr=TWO_FACTORS, user_id=sessions.get_person().id)
    return see_other(url_for("authn.login", flow=asked.id))
