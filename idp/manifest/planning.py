"""What stands between the file and the server: what is to be made, changed and deleted, and who moved away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from idp.audit_purge import service as audit_purge
from idp.clients.secrets.secret_store import has_live_secret
from idp.clients.types import SECRET_METHODS
from idp.core.db import db
from idp.manifest import things
from idp.manifest.checks import Checker
from idp.manifest.reading import Document, Problem
from idp.manifest.secret_sources import Secret
from idp.manifest.things import Key, Thing
from idp.operate.managed import ManagedThing
from idp.stored_settings import service as stored_settings
from idp.webhooks import service as webhooks

CREATE, CHANGE, DELETE = "create", "change", "delete"


class BadManifest(Exception):
    """The manifest cannot be applied; `problems` says all that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(set(problems), key=lambda each: (each.line, each.says))


@dataclass(frozen=True)
class FieldDiff:
    """One field that is to be another."""

    name: str
    before: Any
    after: Any
    by_hand: bool = False
    """Whether it was changed since the manifest was last applied."""


@dataclass(frozen=True)
class Change:
    """One thing that is to be made, changed or deleted."""

    action: str
    kind: str
    name: str
    fields: tuple[FieldDiff, ...] = ()
    by_hand: bool = False
    """Whether what is to be made good happened by hand since the manifest was last applied."""
    new_secret: str = ""
    """Where a secret comes from that the app does not have yet."""

    @property
    def key(self) -> Key:
        """What tells its thing from every other."""
        return self.kind, self.name


@dataclass(frozen=True)
class Plan:
    """Everything that is to be done, and what people should know besides."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    wanted: dict[Key, Thing] = field(compare=False)
    secrets: dict[Key, Secret] = field(compare=False, repr=False)


def make_plan(document: Document, *, with_secrets: bool = False, read_secrets: bool = True) -> Plan:
    """Compare a manifest with what is there now; raise BadManifest. `with_secrets` demands them all.

    Without `read_secrets` no file and no variable that the manifest names is looked at: who sends one over the network
    must not learn what is on this machine.
    """
    managed = {(row.kind, row.name): row for row in db.session.execute(select(ManagedThing)).scalars()}
    present = things.present()
    checker = Checker(document, present, set(managed), read_secrets=read_secrets)
    checker.check(with_secrets=with_secrets)
    if document.problems:
        raise BadManifest(document.problems)
    wanted, secrets = checker.wanted, checker.secrets
    gone = sorted((key for key in managed if key not in wanted), key=_order)
    changes = [
        *(change for key in sorted(wanted, key=_order) if (change := _compare(wanted[key], present, managed, secrets))),
        *(_delete(present[key], managed[key]) for key in gone if key in present and not present[key].builtin),
    ]
    notes = [
        *_about_secrets(wanted, present, secrets),
        *_about_webhooks(wanted, present, secrets),
        *_about_managing(wanted, present, managed),
        *_about_events(changes, wanted),
    ]
    return Plan(tuple(changes), tuple(notes), wanted, secrets)


def _about_events(changes: Iterable[Change], wanted: dict[Key, Thing]) -> Iterator[str]:
    """Say how many events go when they are kept for a shorter time; a setting that is deleted falls back."""
    key = ("setting", audit_purge.RETENTION)
    if any(change.key == key for change in changes):
        value = wanted[key].fields["value"] if key in wanted else stored_settings.value_without(audit_purge.RETENTION)
        if count := audit_purge.count_under(value):
            yield f"{audit_purge.RETENTION}: {count} events are older than that, and are purged within the hour."


def _order(key: Key) -> tuple[int, str]:
    """Put what is referred to before what refers."""
    return things.KINDS.index(key[0]), key[1]


def _compare(
    thing: Thing, present: dict[Key, Thing], managed: dict[Key, ManagedThing], secrets: dict[Key, Secret]
) -> Change | None:
    new_secret = _new_secret(thing, secrets)
    if thing.key not in present:
        diffs = [FieldDiff(name, None, value) for name, value in thing.fields.items() if _says_something(value)]
        return Change(CREATE, *thing.key, tuple(diffs), thing.key in managed, new_secret)
    applied = managed[thing.key].fields if thing.key in managed else {}
    now = {name: present[thing.key].fields[name] for name in thing.fields}
    moved = _moved(now, applied)
    diffs = [
        FieldDiff(name, now[name], value, name in moved) for name, value in thing.fields.items() if now[name] != value
    ]
    if not diffs and not new_secret:
        return None
    return Change(CHANGE, *thing.key, tuple(diffs), any(diff.by_hand for diff in diffs), new_secret)


def _delete(thing: Thing, row: ManagedThing) -> Change:
    return Change(DELETE, *thing.key, by_hand=bool(_moved(thing.fields, row.fields)))


def _moved(now: dict[str, Any], applied: dict[str, str]) -> set[str]:
    """Return the fields that are not what they were when the manifest was last applied."""
    return {name for name, digest in things.digests(now).items() if name in applied and applied[name] != digest}


def _new_secret(thing: Thing, secrets: dict[Key, Secret]) -> str:
    secret = secrets.get(thing.key)
    if secret is None or secret.value is None:
        return ""
    holds = webhooks.has_secret if thing.kind == "webhook" else has_live_secret
    if holds(thing.name, secret.value):
        return ""
    return secret.origin


def _about_secrets(wanted: dict[Key, Thing], present: dict[Key, Thing], secrets: dict[Key, Secret]) -> Iterator[str]:
    """Tell which secrets could not be compared, and which apps have none."""
    for key in sorted(key for key in wanted if key[0] == "client"):
        name = key[1]
        if key in secrets:
            if missing := secrets[key].missing:
                yield f"client {name}: its secret is not compared: {missing}"
        elif wanted[key].fields["token_endpoint_auth_method"] not in SECRET_METHODS:
            continue
        elif key not in present or not has_live_secret(name):
            yield f"client {name} has no secret: name one in the file, or add one: idp client secret add {name}"


def _about_webhooks(wanted: dict[Key, Thing], present: dict[Key, Thing], secrets: dict[Key, Secret]) -> Iterator[str]:
    """Tell which secrets of webhooks could not be compared, and which nobody knows."""
    for kind, name in sorted(key for key in wanted if key[0] == "webhook"):
        if secret := secrets.get((kind, name)):
            if secret.missing:
                yield f"webhook {name}: its secret is not compared: {secret.missing}"
        elif (kind, name) not in present:
            yield f"webhook {name} gets a secret nobody sees: name one in the file, or then: idp webhook secret {name}"


def _about_managing(
    wanted: dict[Key, Thing], present: dict[Key, Thing], managed: dict[Key, ManagedThing]
) -> Iterator[str]:
    """Tell what the file takes over from now on, and what it lets go."""
    adopted = sorted(" ".join(key) for key in wanted if key in present and key not in managed)
    if adopted:
        few = ", ".join(adopted[:5]) + (f" and {len(adopted) - 5} more" if len(adopted) > 5 else "")
        yield f"from now on the file looks after what was made by hand, and deletes it with its entry: {few}"
    for key in sorted(managed):
        if key not in wanted and key in present and present[key].builtin:
            yield f"{' '.join(key)} comes with the house and stays as it is; the file looks after it no more"


def _says_something(value: Any) -> bool:
    return value not in (None, "", [], {}, False)
