"""What roles allow, and from where: of their own, by a role they include, by a permission that includes another."""

from collections.abc import Mapping

from sqlalchemy import select

from idp.access.derived.inheritance import Chain, Graph, load_graph, names_of
from idp.access.derived.origins import Origin
from idp.access.models import Api, Permission, Role, role_permissions
from idp.access.permissions import PATH, included_by
from idp.core.db import db
from idp.core.settings import settings

Pair = tuple[str, str]
"""The identifier of an API, and the name of a permission of it."""


def own_permissions() -> dict[str, set[Pair]]:
    """Return what each role holds itself, by its id; roles that hold nothing stand nowhere in it."""
    query = (
        select(role_permissions.c.role_id, Api.identifier, Permission.name)
        .join(Permission, Permission.id == role_permissions.c.permission_id)
        .join(Api, Api.id == Permission.api_id)
    )
    found = dict[str, set[Pair]]()
    for role_id, api, name in db.session.execute(query):
        found.setdefault(role_id, set()).add((api, name))
    return found


def chains_of(role_id: str, graph: Graph) -> dict[str, Chain]:
    """Return a role and all that it includes, by id, each with the way there."""
    return {role_id: (), **graph.chains_below(role_id)}


def allowed_by(chains: Mapping[str, Chain], own: Mapping[str, set[Pair]]) -> dict[Pair, Origin]:
    """Return what some roles allow together, each with the nearest role that it comes from."""
    found, ours = dict[Pair, Origin](), settings().issuer + PATH
    for role_id, chain in sorted(chains.items(), key=lambda one: len(one[1])):
        for pair in sorted(own.get(role_id, ())):
            found.setdefault(pair, Origin(through=chain))
    for (api, name), source in list(found.items()):
        for other in included_by(name) if api == ours else ():
            found.setdefault((api, other), Origin(through=source.through, comes_with=name))
    return dict(sorted(found.items()))


def allowed_by_role(role: Role) -> dict[Pair, Origin]:
    """Return all that a role allows, and from where."""
    return allowed_by(chains_of(role.id, load_graph()), own_permissions())


def count_allowed() -> dict[str, int]:
    """Count of every role that allows something all that it allows, by its id."""
    graph, own = load_graph(), own_permissions()
    reach = {one: chains_of(one, graph) for one in {*own, *graph.included}}
    return {role_id: len(allowed_by(chains, own)) for role_id, chains in reach.items()}


def roles_allowing_at(identifier: str) -> list[str]:
    """List the names of the roles that allow something at an API: who hold it, or include such a role."""
    graph = load_graph()
    holding = {role_id for role_id, pairs in own_permissions().items() if identifier in dict(pairs)}
    return names_of(holding.union(*map(graph.all_above, holding)))
