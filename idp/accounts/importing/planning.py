"""What each row would do to the house as it is now: create, update, skip, or nothing because of an error."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, or_, select

from idp.access.guards import level
from idp.access.models import Group, Role, group_members, group_roles, user_roles
from idp.accounts.importing.checking import Person, check_row
from idp.accounts.importing.problems import BEING_DELETED, Problem
from idp.accounts.importing.reading import Row
from idp.accounts.models import EmailChange, User
from idp.accounts.service import RESERVED_FOR
from idp.core.clock import now
from idp.core.db import db

CREATE, UPDATE, SKIP, ERROR = "create", "update", "skip", "error"
WORDS = (CREATE, UPDATE, SKIP, ERROR)
_BATCH = 200


@dataclass(frozen=True)
class Outcome:
    """What one row would do."""

    line: int
    email: str
    what: str
    person: Person | None = None
    user_id: str | None = None
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _House:
    """What the rows of one batch meet."""

    users: dict[str, User] = field(default_factory=dict)
    external: dict[str, User] = field(default_factory=dict)
    """By external id."""
    usernames: dict[str, str] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)
    roles: dict[str, set[str]] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    powerful: set[str] = field(default_factory=set)
    """Those whom a role makes somebody to be careful with."""


@dataclass
class Rules:
    """Which roles and groups there are, and which of them who acts may give; asked once for each."""

    roles: frozenset[str]
    groups: dict[str, str]
    _may: dict[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Rules":
        """Read them."""
        groups = {row.name: row.id for row in db.session.execute(select(Group.name, Group.id))}
        return cls(frozenset(db.session.execute(select(Role.name)).scalars()), groups)

    def refusal(self, kind: str, name: str) -> str | None:
        """Return the problem of giving a role or a group, or None."""
        if name not in (self.roles if kind == "roles" else self.groups):
            return "unknown_role" if kind == "roles" else "unknown_group"
        if (kind, name) not in self._may:
            roles = [name] if kind == "roles" else level.roles_of_group(self.groups[name])
            self._may[kind, name] = level.may_give_roles(roles)
        return None if self._may[kind, name] else "not_your_level"


def plan(rows: Iterable[Row], rules: Rules | None = None) -> Iterator[Outcome]:
    """Say of each row what it would do now, in order."""
    rules, batch, left = rules or Rules.load(), list[Row](), set[str]()
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield from _plan_batch(batch, rules, left)
            batch = []
    yield from _plan_batch(batch, rules, left)


def _plan_batch(rows: Sequence[Row], rules: Rules, left: set[str]) -> Iterator[Outcome]:
    """Plan some rows; `left` are addresses that earlier rows move somebody away from: who gets one now is new there."""
    checked = [(row, *check_row(row)) for row in rows]
    house = _look(person for _row, person, _problems in checked)
    for address in left:
        house.users.pop(address, None)
    for row, person, problems in checked:
        outcome, user = _outcome(row, person, problems, house, rules), _find(person, house)
        if user is not None and outcome.what == UPDATE and "email" in outcome.changes:
            # Now: whoever applies the rows changes the account before the next one is planned.
            left.add(user.email_normalised)
            house.users.pop(user.email_normalised, None)
        yield outcome


def _outcome(row: Row, person: Person, unfit: list[Problem], house: _House, rules: Rules) -> Outcome:
    user = _find(person, house)
    user_id = user.id if user else None
    changes = _changes(person, user, house) if user else ()
    if user is not None and user.state == "deleting":
        # Whatever the row says: it takes the person for somebody who stays.
        problems = (*unfit, Problem(person.line, "email", BEING_DELETED))
    else:
        problems = (*unfit, *_problems(person, user, house, rules, changes))
    what = ERROR if problems else CREATE if user is None else UPDATE if changes else SKIP
    shown = person.email or str(row.values.get("email", ""))[:254]
    return Outcome(row.line, shown, what, person, user_id, changes, problems)


def _find(person: Person, house: _House) -> User | None:
    """Return whom a row means: by the external id it gives, before the address, which may be a new one."""
    return house.external.get(person.external_id or "") or house.users.get(person.normalised)


def _changes(person: Person, user: User, house: _House) -> tuple[str, ...]:
    """Name the columns in which a row says more than the account; passwords are for new accounts only."""
    found = [name for name, value in person.values.items() if getattr(user, name) != value]
    found += ["external_id"] if person.external_id not in {None, user.external_id} else []
    found += ["email"] if person.normalised not in {"", user.email_normalised} else []
    if person.verified and not user.email_verified:
        found.append("email_verified")
    found += ["roles"] if set(person.roles) - house.roles.get(user.id, set()) else []
    found += ["groups"] if set(person.groups) - house.groups.get(user.id, set()) else []
    return tuple(found)


def _problems(
    person: Person, user: User | None, house: _House, rules: Rules, changes: tuple[str, ...]
) -> Iterator[Problem]:
    held = {"roles": house.roles, "groups": house.groups}
    for kind, names in (("roles", person.roles), ("groups", person.groups)):
        has = held[kind].get(user.id, set()) if user else set()
        for name in names:
            if name not in has and (code := rules.refusal(kind, name)):
                yield Problem(person.line, kind, code)
    owner = house.usernames.get(person.values.get("username") or "")
    if owner is not None and (user is None or owner != user.id):
        yield Problem(person.line, "username", "username_taken")
    yield from _mismatches(person, user, house)
    is_new = user is None or person.normalised != user.email_normalised
    if is_new and person.normalised in house.reserved:
        yield Problem(person.line, "email", "address_reserved")
    if user is not None and person.password_hash and not user.has_password:
        yield Problem(person.line, "password_hash", "password_of_theirs")
    if user is not None and person.state and person.state != user.state:
        yield Problem(person.line, "state", "state_of_theirs")
    if user is not None and changes and user.id in house.powerful and not level.may_act_on(user.id):
        yield Problem(person.line, "email", "not_your_level")


def _mismatches(person: Person, user: User | None, house: _House) -> Iterator[Problem]:
    """Say where address and external id mean two people."""
    if user is None or person.external_id is None:
        return
    if house.users.get(person.normalised, user) is not user:
        yield Problem(person.line, "email", "address_of_another")
    if user.external_id not in {None, person.external_id}:
        yield Problem(person.line, "external_id", "other_external_id")


def _look(people: Iterable[Person]) -> _House:
    """Read what a batch meets, with a few statements however long it is."""
    people = list(people)
    addresses = [person.normalised for person in people]
    names = [name for person in people if (name := person.values.get("username"))]
    external = [person.external_id for person in people if person.external_id]
    named = or_(User.email_normalised.in_(addresses), User.username.in_(names), User.external_id.in_(external))
    found = db.session.execute(select(User).where(named))
    users = list(found.scalars())
    ids = [user.id for user in users]
    house = _House(
        users={user.email_normalised: user for user in users},
        external={user.external_id: user for user in users if user.external_id},
        usernames={user.username: user.id for user in users if user.username},
        reserved={row[0] for row in db.session.execute(_reserved(addresses))},
    )
    _look_at_roles(house, ids)
    return house


def _look_at_roles(house: _House, ids: list[str]) -> None:
    direct = select(user_roles.c.user_id, Role.name).join(Role, Role.id == user_roles.c.role_id)
    for user_id, name in db.session.execute(direct.where(user_roles.c.user_id.in_(ids))):
        house.roles.setdefault(user_id, set()).add(name)
        house.powerful.add(user_id)
    member = select(group_members.c.user_id, Group.name, group_roles.c.role_id).join(
        Group, Group.id == group_members.c.group_id
    )
    member = member.outerjoin(group_roles, group_roles.c.group_id == Group.id)
    for user_id, name, role_id in db.session.execute(member.where(group_members.c.user_id.in_(ids))):
        house.groups.setdefault(user_id, set()).add(name)
        house.powerful.update({user_id} if role_id else set())


def _reserved(addresses: list[str]) -> Select[str]:
    return select(EmailChange.old_normalised).where(
        EmailChange.old_normalised.in_(addresses), EmailChange.done_at > now() - RESERVED_FOR,
        EmailChange.undone_at.is_(None),
    )  # fmt: skip
