"""Fixtures: the real application on a real database, one key pair a session, a clock that can be moved."""

import contextlib
import json
import os
import pathlib
import sqlite3
import tempfile
import warnings

import flask
import pytest
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Error as BrowserError
from sqlalchemy import event
from sqlalchemy.engine import Engine

from idp import create_app
from idp.core import cipher, clock
from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.core.settings import Settings
from idp.keyring import pairs
from idp.operate import schema
from tests import services
from tests.actors import Browser, RelyingParty
from tests.arrange import Arranger
from tests.commands import CommandLine
from tests.factories import Factory
from tests.live import live_server
from tests.mailbox import Mailbox

ISSUER = "https://id.example.com"
warnings.filterwarnings("ignore", message="Using the in-memory storage")
# Many applications are made in one run: each would compile every template anew.
flask.Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(tempfile.mkdtemp(prefix="idp-test-jinja-"))}

_parse_pair = pairs._parse
_parsed: dict[str, pairs.Pair] = {}


def _parse_pair_once(values):
    """Parse the session's signing key once: OpenSSL's checks of it take longer than most tests."""
    text = json.dumps(values, sort_keys=True)
    return _parsed.get(text) or _parsed.setdefault(text, _parse_pair(values))


pairs._parse = _parse_pair_once


@event.listens_for(Engine, "connect")
def _turn_unordered_rows_round(connection, _record):
    """Let SQLite give rows without an ORDER BY the other way round: nothing may lean on the order they were written in.

    PostgreSQL gives them in any order too, but only on the day it has tidied the table.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


SLOW = (
    "operate", "pages", "journeys", "docs", "demo", "test_wheel.py", "mail", "faults", "interop", "keyring", "races", "fuzz",
    "resource", "manifest",
)  # fmt: skip
"""Folders whose tests start servers and browsers, the slowest first."""


def pytest_collection_modifyitems(items):
    """Begin with what takes long, which would keep all the others waiting; ask a browser that broke off once more."""
    once_more = pytest.mark.flaky(reruns=1, condition=lambda error: isinstance(error, BrowserError))
    for item in items:
        if item.get_closest_marker("chromium"):
            item.add_marker(once_more)
    here = pathlib.Path(__file__).parent
    order = {name: place for place, name in enumerate(SLOW)}
    items.sort(key=lambda item: order.get(item.path.relative_to(here).parts[0], len(SLOW)))


def pytest_configure(config):
    for name in list(os.environ):
        if name.startswith("IDP_") and not name.startswith("IDP_TEST_"):
            del os.environ[name]


@pytest.fixture(scope="session", params=services.databases())
def database_url(request, tmp_path_factory):
    """Each database the machine has: SQLite always, PostgreSQL when it is there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'idp.db'}"
        return
    with services.postgres_database() as url:
        yield url


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    cipher.create_first_key(folder)
    return folder


def make_settings(**changes):
    """Return settings that suit a test; bend one field."""
    values = {
        "mode": "development",
        "issuer": ISSUER,
        "mail": {"url": "outbox:", "sender": "Acme ID <no-reply@id.example.com>"},
        "passwords": {"bcrypt_cost": 4},
    }
    for name, value in changes.items():
        values[name] = {**values[name], **value} if isinstance(value, dict) and name in values else value
    return Settings(**values)


@pytest.fixture(scope="session")
def session_app(database_url, keys_dir, tmp_path_factory):
    """The application, its schema and its first signing key: made once a session."""
    app = create_app(
        make_settings(database={"url": database_url}, keys_dir=keys_dir, state_dir=tmp_path_factory.mktemp("state"))
    )
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@pytest.fixture
def app(session_app, monkeypatch):
    """The application with an empty database, a signing key and the built-in roles."""
    services.reset(session_app)
    clock.use_offset_file(None)
    set_context(CallContext())
    return session_app


@pytest.fixture
def make_app(database_url, keys_dir, tmp_path, app):
    """Build another application on the same database, with some settings bent."""

    def build(**changes):
        changes.setdefault("database", {"url": database_url})
        changes.setdefault("keys_dir", keys_dir)
        changes.setdefault("state_dir", tmp_path)
        return create_app(make_settings(**changes))

    return build


@pytest.fixture
def fresh(make_app, database_url, tmp_path):
    """An app on a database of its own, brought to the newest schema, in its context."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'fresh.db'}"
        if not database_url.startswith("sqlite"):
            url = stack.enter_context(services.postgres_database())
        app = make_app(database={"url": url})
        with app.app_context():
            schema.upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def context(app):
    """An application context, for tests that call a service."""
    with app.app_context(), app.test_request_context(base_url=ISSUER):
        yield app


@pytest.fixture
def client(app):
    """Flask's test client on the issuer's address; it follows nothing."""
    return services.test_client(app)


@pytest.fixture
def factory(app):
    """Make valid things and bend one field."""
    return Factory(app)


@pytest.fixture
def arrange(app, factory):
    """Put sessions, grants and codes into the database as the front channel leaves them."""
    return Arranger(app, factory)


@pytest.fixture
def command_line(app):
    """The commands of a slice, run in this process."""
    return CommandLine(app)


@pytest.fixture
def race_settings(app, database_url, keys_dir, tmp_path):
    """Settings for other processes on this test's database."""
    app.extensions.pop("idp.feed", None)
    return make_settings(database={"url": database_url}, keys_dir=keys_dir, state_dir=tmp_path)


@pytest.fixture
def browser(app):
    """A person's browser: keeps cookies, reads forms out of pages and fills them in."""
    return Browser(app)


@pytest.fixture
def rp(app, factory):
    """A relying party with a confidential web client."""
    return RelyingParty(app, *factory.client_with_secret())


@pytest.fixture
def mailbox(app):
    """Open the mailbox of an address."""
    return lambda address: Mailbox(app, address)


class Clock:
    """Moves the one clock of the house."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.path.write_text("0")
        clock.use_offset_file(path)

    def advance(self, seconds: float) -> None:
        self.path.write_text(str(float(self.path.read_text()) + seconds))


@pytest.fixture
def moving_clock(app, tmp_path):
    yield Clock(tmp_path / "clock")
    clock.use_offset_file(None)


@pytest.fixture(name="clock")
def clock_fixture(moving_clock):
    return moving_clock


@pytest.fixture
def live(tmp_path):
    """Start real servers: `live(database_url="", replicas=1, **IDP_settings)`; all are stopped at the end."""
    with contextlib.ExitStack() as stack:
        yield lambda **values: stack.enter_context(live_server(tmp_path, **values))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One real server on SQLite for all tests of a module; each brings people and apps of its own."""
    with live_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def live_database_url(database_url):
    """The database a live server of this test uses: an SQLite file of its own, or a PostgreSQL database of its own."""
    if database_url.startswith("sqlite"):
        yield ""
        return
    with services.postgres_database() as url:
        yield url
