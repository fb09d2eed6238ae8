"""Whoever fuzzes: an owner, an auditor, nobody; what is there for them, and what must not change by their hand."""

import itertools

from schemathesis.specs.openapi import checks
from sqlalchemy import null, select

from idp.access.models import Api, Group, Permission, Role
from idp.access.permissions import ANY, PERMISSIONS
from idp.accounts.models import User
from idp.api.curl import example_of
from idp.api.routes import ROUTES
from idp.api_keys import service as keys
from idp.audit.models import Event
from idp.clients.models import Client, ClientSecret
from idp.core.db import Base, db, transaction
from idp.oauth.tokens.models import Grant
from idp.outbox.models import Delivery
from idp.sessions.models import Session
from idp.stored_settings import live
from idp.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.api.conftest import Api as Program

BEYOND_A_SCHEMA = [checks.positive_data_acceptance]
"""A value that fits the schema may still be refused: the name is taken, the permission is not there."""


def beyond(case):
    """Checks that ask of this case what is not so: a setting that was set back, a person being deleted are still there."""
    stays = case.path.startswith(("/settings", "/users/{user_id}"))
    return [*BEYOND_A_SCHEMA, *([checks.use_after_free] if stays else [])]


"""What fits its schema may still be refused: a name that is taken, an address that goes nowhere."""
WHO = ("owner", "auditor", "nobody")
TABLES = {
    "user_id": User, "client_id": Client, "secret_id": ClientSecret, "role_id": Role, "group_id": Group, "api_id": Api,
    "permission_id": Permission, "session_id": Session, "event_id": Event, "webhook_id": WebhookEndpoint,
    "grant_id": Grant,
}  # fmt: skip
ONLY_GROW = {"outbox_deliveries", "webhook_deliveries"}
"""A refusal is an event, and a webhook may ask for all of them: what was there stays as it was."""
NOTES = {"audit_events", "limit_counters", "feed_changes", "daily_counts", "rollup_position", "worker_heartbeats"}
"""Where a refusal is written down."""
TRIED = {
    "is_owner": True, "owner": True, "id": "01JD3Q0Z4N8V5K7T2M9X6C1B0A", "version": 99, "builtin": True,
    "permissions": ["admin.settings.write"], "roles": ["owner"], "user_id": "01JD3Q0Z4N8V5K7T2M9X6C1B0A",
    "state": "active", "email_verified": True, "first_party": True, "password_hash": "x", "secret": "whsec_x",
    "created_at": "2020-01-01T00:00:00Z", "locked": False, "enabled": True, "client_id": "mine", "digest": "0" * 64,
    "key": "idpk_mine", "last4": "mine", "registered_by": "admin", "__proto__": {"is_owner": True},
}  # fmt: skip
"""What somebody may try to write that no route takes unless its schema names it."""


class Fuzz:
    """The house, its callers and their keys."""

    def __init__(self, callers, place, factory) -> None:
        self.app, self.callers, self.place = callers.app, callers, place
        self.auditor = factory.user("auditor@example.com", roles=("auditor",))
        self.held = {route.permission for route in ROUTES if route.permission.endswith(".read")}
        self.values = {"nobody": None}
        self.calls = 0
        self.done = set()
        self.turns = itertools.count()

    def remember(self):
        """Keep everything as it is now, with keys for everybody, so that each walk begins in the same house."""
        for who in WHO:
            self.value_of(who)
        self.first = dict(self.values)
        with self.app.app_context():
            self.kept = {table: db.session.execute(select(table)).mappings().all() for table in _kept_tables()}

    def restore(self):
        """Bring everything back."""
        self.values, self.turns = dict(self.first), itertools.count()
        with self.app.app_context():
            with transaction() as session:
                for table in reversed(self.kept):
                    session.execute(table.delete())
                for table, rows in self.kept.items():
                    for row in rows:
                        session.execute(table.insert().values({name: _sql(value) for name, value in row.items()}))
            live.load()

    def value_of(self, who):
        """A key that works; whoever fuzzes may have revoked the last one, and that is right."""
        if who == "nobody":
            return None
        user_id = self.callers.owner_id if who == "owner" else self.auditor
        with self.app.app_context():
            value = self.values.get(who)
            if value is None or keys.find_live(value) is None:
                for row in keys.list_keys(user_id):
                    keys.revoke_key(row.id)
                value = self.callers.key(user_id, PERMISSIONS if who == "owner" else self.held)
                self.values[who] = value
        return value

    def headers(self, who):
        value = self.value_of(who)
        return {"Authorization": f"Bearer {value}"} if value else {}

    def version_at(self, path):
        """The version of a thing as an owner sees it."""
        return Program(self.app, self.value_of("owner")).get(path).headers.get("ETag", '"1"')

    def ids(self):
        """Of everything one that is there now, other than the fuzzing people themselves and what came with the house."""
        with self.app.app_context():
            found = {name: self._newest(table) for name, table in TABLES.items()}
            logout = db.session.query(Delivery.id).filter(Delivery.kind == "logout").first()
            sent = db.session.query(WebhookDelivery.id).order_by(WebhookDelivery.id.desc()).first()
        more = {
            "name": "tokens.access",
            "scheme": "light",
            "key_id": self.place.key_id,
            "kid": self.place.kid(),
            "import_id": self.place.import_id,
            "delivery_id": (logout or sent or ["x"])[0],
        }
        return {**{name: str(value or "x") for name, value in found.items()}, **more}

    def _newest(self, table):
        query = select(table.id).order_by(table.id.desc()).limit(1)
        if table is User:
            query = query.where(User.id.not_in([self.callers.owner_id, self.auditor]))
        if table is Role:
            query = query.where(Role.builtin.is_(False))
        return db.session.execute(query).scalar()

    def rows(self):
        """Everything that is kept, but the notes of refusals and of the use of keys."""
        with self.app.app_context(), transaction():
            return {
                table.name: {tuple(map(repr, row)) for row in db.session.execute(select(*_columns(table)))}
                for table in _kept_tables()
            }

    def is_beyond(self, who, case):
        permission = case.operation.definition.raw["x-permission"]
        return who == "nobody" or (who == "auditor" and permission not in self.held | {ANY})


def assert_nothing_changed(before, after):
    for name, rows in before.items():
        lost, new = rows - after[name], after[name] - rows
        assert not lost, (name, lost, new)
        assert not new or name in ONLY_GROW, (name, new)


def _kept_tables():
    return [table for table in Base.metadata.sorted_tables if table.name not in NOTES]


def _sql(value):
    return null() if value is None else value


def known_to(route):
    return set(route.body.model_fields) if route.body else set()


def _columns(table):
    return [column for column in table.columns if column.name != "last_used_at"]


def call(fuzz, who, case, *, mended):
    """Send a case as somebody; check the answer, and that what is beyond them is refused."""
    headers = fuzz.headers(who)
    sent_its_own = "authorization" in {name.lower() for name in case.headers or {}}
    response = case.call(headers=headers)
    fuzz.calls += 1
    # What was wrong by design may have been put right here: then it is no longer wrong.
    excluded = [*beyond(case), *([checks.negative_data_rejection] if mended or sent_its_own else [])]
    case.validate_response(response, headers=headers, excluded_checks=excluded)
    if fuzz.is_beyond(who, case):
        allowed = {401 if who == "nobody" else 403, 404, 405}
        assert response.status_code in allowed, (who, case.method, case.path, response.status_code)


def try_beyond(fuzz, whos, case, *, mended):
    """Let those for whom a case is beyond them try it, and see that nothing changes."""
    whos = [who for who in whos if fuzz.is_beyond(who, case)]
    before = fuzz.rows() if whos and case.method != "GET" else None
    for who in whos:
        call(fuzz, who, case, mended=mended)
    if before is not None:
        assert_nothing_changed(before, fuzz.rows())


def aim(fuzz, case, *, but=()):
    """Put ids that exist into an address, where they are not there already."""
    known = fuzz.ids()
    given = case.path_parameters or {}
    case.path_parameters = {name: given[name] if name in but else known[name] for name in given}
    if "If-Match" in (case.headers or {}) and "If-Match" not in but:
        case.headers["If-Match"] = '"1"'


def right_body(route, number):
    """Return a body that a route takes, of a thing that is not there yet."""
    body = dict(example_of(route))
    for name in {"name", "label"} & body.keys() if route.status == 201 else ():
        body[name] = f"{body[name]}-{number}"
    if "email" in body:
        body["email"] = f"p{number}@example.com"
    if "identifier" in body:
        body["identifier"] = f"https://api-{number}.example.com"
    return body


class Walk:
    """What a state machine of Schemathesis does at each step; it has a `fuzz`.

    Each step is tried by nobody and by an auditor, and then made to happen by an owner, so that the walk goes on.
    """

    tried = (None, None)

    def setup(self):
        self.fuzz.restore()

    def step(self, input):  # noqa: A002 - Schemathesis calls it so
        mended = self.adjust(input.case, linked(input))
        try_beyond(self.fuzz, ("nobody", "auditor"), input.case, mended=mended)
        return super().step(input)

    def adjust(self, case, links):
        """Let three cases in four reach something that is there with a body that is right, but for one in which there
        is something more that nobody may write; tell whether a case is another now.
        """
        turn, route = next(self.fuzz.turns), route_of(case)
        if turn % 4 == 3:
            return False
        aim(self.fuzz, case, but=links)
        case.query = {}
        if route.versioned and turn % 4 == 0:
            case.headers["If-Match"] = self.fuzz.version_at(route.path.format(**case.path_parameters))
        if route.body:
            case.body = right_body(route, turn)
        if route.body and turn % 4 == 2:
            names = sorted(TRIED.keys() - known_to(route))
            name = names[turn % len(names)]
            case.body, self.tried = {**case.body, name: TRIED[name]}, (case.id, name)
        return True

    def get_call_kwargs(self, case):
        return {"headers": self.fuzz.headers("owner")}

    def after_call(self, response, case):
        self.fuzz.calls += 1
        if response.status_code < 300:
            self.fuzz.done.add(route_of(case).endpoint)
        super().after_call(response, case)
        if self.tried[0] == case.id:
            assert response.status_code >= 400, (case.method, case.path, self.tried, response.text)

    def validate_response(self, response, case, additional_checks=None, **sent):
        case.validate_response(
            response, headers=sent["headers"], excluded_checks=[*beyond(case), checks.negative_data_rejection],
            transport_kwargs=sent, recorder=self.recorder,
        )  # fmt: skip


def linked(step):
    """Name what a link put into a step."""
    taken = step.transition.parameters if step.transition else {}
    return {name for container in taken.values() for name in container}


def route_of(case):
    name = case.operation.definition.raw["operationId"]
    return next(route for route in ROUTES if route.endpoint == name)
