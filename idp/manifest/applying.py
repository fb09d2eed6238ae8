"""Make good what a plan says: in one transaction, by the services that people's own changes go through."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select, text

from idp.access import catalogue
from idp.access import service as access
from idp.access.derived.inheritance import load_graph
from idp.access.names import ICONS
from idp.clients import service as clients
from idp.clients.metadata.rules import RULES, clean
from idp.core.clock import now
from idp.core.db import db, is_postgresql, transaction
from idp.core.errors import Conflict, DomainError
from idp.manifest import things
from idp.manifest.planning import CHANGE, CREATE, DELETE, Change, Plan, make_plan
from idp.manifest.reading import Document
from idp.manifest.things import Key
from idp.operate.managed import ManagedThing
from idp.stored_settings import service as stored_settings
from idp.webhooks import service as webhooks

_LABEL = "manifest"
_TABLES = (
    "apis, permissions, roles, role_permissions, role_includes, groups, group_roles, clients, webhook_endpoints, "
    "managed_things"
)
_OVERTAKEN = "Something was changed meanwhile, so this is not the plan you saw. Nothing was changed; plan again."
Step = Callable[[], Any]


class StepFailed(DomainError):
    """A rule refused one step; nothing was changed."""

    def __init__(self, change: Change, error: DomainError) -> None:
        super().__init__(f"{change.kind} {change.name}: {error.public} Nothing was changed.", field=error.field)
        self.exit_code = error.exit_code


def apply_plan(document: Document, shown: Plan) -> Plan:
    """Do what a plan says, and remember what the file describes; return the plan.

    Raises Conflict when something was changed since the plan was made, BadManifest when it cannot be done any more.
    """
    with transaction():
        _hold_still()
        plan = make_plan(document, with_secrets=True)
        if plan.changes != shown.changes:
            raise Conflict(_OVERTAKEN)
        later: list[tuple[Change, Step]] = []
        for change in plan.changes:
            if change.action != DELETE:
                later += [(change, step) for step in _do(change, partial(_put, plan, document, change)) or ()]
        for change, step in later:
            _do(change, step)
        for change in _deletions(plan):
            _do(change, partial(_delete, change))
        _remember(plan)
    return plan


def _deletions(plan: Plan) -> list[Change]:
    """Put what refers before what is referred to: of two roles the one that includes the other, which includes less."""
    graph = load_graph()
    height = {graph.names[role_id]: len(graph.chains_below(role_id)) for role_id in graph.included}
    gone = [change for change in reversed(plan.changes) if change.action == DELETE]
    return sorted(
        gone,
        key=lambda one: (-things.KINDS.index(one.kind), -height.get(one.name, 0) if one.kind == "role" else 0),
    )


def _hold_still() -> None:
    """Let nobody else write what the manifest describes until all is done (SQLite has one writer anyway)."""
    # Who takes a role from a group holds the owners first and the tables then: the other way round both would wait.
    stored_settings.hold_still()
    access.lock_owners()
    if is_postgresql():
        db.session.execute(text(f"LOCK TABLE {_TABLES} IN SHARE ROW EXCLUSIVE MODE"))


def _do(change: Change, step: Step) -> Any:
    try:
        done = step()
        db.session.flush()
    except DomainError as error:
        raise StepFailed(change, error) from error
    return done


def _put(plan: Plan, document: Document, change: Change) -> list[Step]:
    """Make or change one thing; return what must wait until nobody needs it any more."""
    fields = plan.wanted[change.key].fields
    after = {diff.name: diff.after for diff in change.fields}
    if change.kind == "api":
        return _put_api(change, fields, after)
    if change.kind == "role":
        return _put_role(change, fields, after)
    if change.kind == "group":
        _put_group(change, fields, after)
    elif change.kind == "setting":
        stored_settings.change({change.name: fields["value"]}, explicit=True)
    elif change.kind == "client":
        _put_client(plan, document, change, after)
    else:
        _put_webhook(plan, change, fields, after)
    return []


def _put_api(change: Change, fields: dict[str, Any], after: dict[str, Any]) -> list[Step]:
    identifier = things.full(change.name)
    lifetime = fields.get("access_token_lifetime")
    if change.action == CREATE:
        catalogue.create_api(identifier, name=fields["name"], access_token_lifetime=lifetime)
    elif after.keys() & {"name", "access_token_lifetime"}:
        unset = "access_token_lifetime" in after and lifetime is None
        catalogue.edit_api(
            identifier, name=after.get("name"), access_token_lifetime=after.get("access_token_lifetime"),
            default_lifetime=unset,
        )  # fmt: skip
    before = _before(change, "permissions", {})
    wanted = after.get("permissions", before)
    for name, texts in wanted.items():
        if name not in before:
            catalogue.add_permission(identifier, name, **texts)
        elif texts != before[name]:
            catalogue.edit_permission(identifier, name, **{"titles": {}, "icon": ICONS[0], **texts})
    return [partial(catalogue.remove_permission, identifier, name) for name in before if name not in wanted]


def _put_role(change: Change, fields: dict[str, Any], after: dict[str, Any]) -> list[Step]:
    plain = {name: value for name, value in after.items() if name not in {"permissions", "includes"}}
    included = set(_before(change, "includes", []))
    wanted_roles = set(after.get("includes", included))
    if included - wanted_roles:
        # At once, so that two roles can change places: what comes instead waits until every role is there.
        plain["includes"] = sorted(included & wanted_roles)
    if change.action == CREATE:
        texts = {name: fields[name] for name in ("title", "description", "require_second_step")}
        role = catalogue.create_role(change.name, **texts)
    else:
        role = catalogue.edit_role(catalogue.get_role(change.name), **plain)
    before = set(_before(change, "permissions", []))
    wanted = set(after.get("permissions", before))
    for pair in sorted(wanted - before):
        api, _, name = pair.rpartition(" ")
        catalogue.add_to_role(role, things.full(api), name)
    for pair in sorted(before - wanted):
        api, _, name = pair.rpartition(" ")
        catalogue.take_from_role(role, things.full(api), name)
    return [partial(_include, change.name, wanted_roles)] if wanted_roles - included else []


def _include(name: str, wanted: set[str]) -> None:
    catalogue.edit_role(catalogue.get_role(name), includes=sorted(wanted))


def _put_group(change: Change, fields: dict[str, Any], after: dict[str, Any]) -> None:
    if change.action == CREATE:
        catalogue.create_group(change.name, title=fields["title"])
    elif "title" in after:
        catalogue.edit_group(change.name, title=after["title"])
    before = set(_before(change, "roles", []))
    wanted = set(after.get("roles", before))
    for role in sorted(wanted - before):
        access.grant_role_to_group(change.name, role)
    for role in sorted(before - wanted):
        access.revoke_role_from_group(change.name, role)


def _put_client(plan: Plan, document: Document, change: Change, after: dict[str, Any]) -> None:
    entry = next(place.entry for place in document.entries("clients") if place.name == change.name)
    cleaned = clean(things.client_values(entry))
    values = {name: cleaned[name] for name in RULES}
    if change.action == CREATE:
        given = {name: value for name, value in values.items() if value is not None}
        clients.create_client(client_id=change.name, with_secret=False, **given)
    elif after.keys() - {"enabled"}:
        clients.update_client(change.name, values)
    if change.new_secret:
        clients.add_secret(change.name, value=plan.secrets[change.key].value, label=_LABEL)
    if change.action == CREATE and not entry.enabled:
        clients.disable_client(change.name)
    elif change.action == CHANGE and "enabled" in after:
        (clients.enable_client if entry.enabled else clients.disable_client)(change.name)


def _put_webhook(plan: Plan, change: Change, fields: dict[str, Any], after: dict[str, Any]) -> None:
    secret = plan.secrets[change.key].value if change.new_secret else None
    if change.action == CREATE:
        values = {name: fields[name] for name in ("url", "events", "label")}
        webhooks.create_endpoint(change.name, secret=secret, **values)
        if not fields["enabled"]:
            webhooks.disable_endpoint(change.name)
        return
    if plain := {name: value for name, value in after.items() if name != "enabled"}:
        webhooks.update_endpoint(change.name, plain)
    if secret:
        webhooks.rotate_secret(change.name, secret=secret)
    if "enabled" in after:
        (webhooks.enable_endpoint if after["enabled"] else webhooks.disable_endpoint)(change.name)


def _delete(change: Change) -> None:
    if change.kind == "api":
        catalogue.delete_api(things.full(change.name))
    elif change.kind == "role":
        catalogue.delete_role(catalogue.get_role(change.name))
    elif change.kind == "group":
        access.delete_group(change.name)
    elif change.kind == "setting":
        stored_settings.reset([change.name])
    elif change.kind == "client":
        clients.delete_client(change.name)
    else:
        webhooks.delete_endpoint(change.name)


def _before(change: Change, name: str, nothing: Any) -> Any:
    return next((diff.before for diff in change.fields if diff.name == name), None) or nothing


def _remember(plan: Plan) -> None:
    """Write down what the file describes now, so that it is known next time what came from it."""
    rows: dict[Key, ManagedThing] = {
        (row.kind, row.name): row for row in db.session.execute(select(ManagedThing)).scalars()
    }
    for key, row in rows.items():
        if key not in plan.wanted:
            db.session.delete(row)
    for key, thing in plan.wanted.items():
        fields = things.digests(thing.fields)
        row = rows.get(key) or ManagedThing(kind=key[0], name=key[1], fields={})
        if row.fields != fields:
            row.fields, row.applied_at = fields, now()
        db.session.add(row)
