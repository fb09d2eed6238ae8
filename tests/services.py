"""The outside world of the tests: databases and programs of this machine, and what is missing of them."""

import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid

import psycopg
import pytest
from flask.testing import FlaskClient

from idp.access import service as access
from idp.core.db import db
from idp.core.extensions import limiter
from idp.keyring import service as keyring
from idp.stored_settings import live as stored_settings

REQUIRED = set(filter(None, os.environ.get("IDP_TEST_REQUIRE", "").split(",")))
CHROMIUM = shutil.which("chromium")
ISSUER = "https://id.example.com"


def missing(name):
    """Skip a test for want of a program, or fail it when the program is required."""
    if name in REQUIRED:
        pytest.fail(f"{name} is required (IDP_TEST_REQUIRE) and missing")
    pytest.skip(f"{name} is not on this machine")


def databases():
    """The databases to run on: IDP_TEST_DATABASES, or SQLite and PostgreSQL where it is there."""
    if named := os.environ.get("IDP_TEST_DATABASES"):
        return named.split(",")
    found = ["sqlite"]
    if os.environ.get("IDP_TEST_POSTGRES_URL") or postgres_programs():
        found.append("postgres")
    elif "postgres" in REQUIRED:
        raise pytest.UsageError("PostgreSQL is required (IDP_TEST_REQUIRE) and missing")
    return found


def postgres_programs():
    """The folder of PostgreSQL's server programs, or None."""
    folders = sorted(str(path) for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return str(pathlib.Path(found).parent) if found else None


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


_server = None


def postgres_url():
    """The address of a PostgreSQL server: the one named, or one of our own in a temporary folder."""
    global _server
    if named := os.environ.get("IDP_TEST_POSTGRES_URL"):
        return named
    if _server is None:
        _server = _start_postgres()
    return _server


def _start_postgres():
    programs = postgres_programs()
    if programs is None:
        missing("postgres")
    folder = tempfile.mkdtemp(prefix="idp-test-pg-")
    port = free_port()
    as_user = []
    if os.geteuid() == 0:
        pwd.getpwnam("postgres")
        shutil.chown(folder, "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    run = lambda *words: subprocess.run([*as_user, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: E731
    run(f"{programs}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "idp", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200"
    if has_statement_statistics(programs):
        options += " -c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.track_utility=on"
    run(f"{programs}/pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options, "-w", "start")
    import atexit

    atexit.register(_stop_postgres, run, programs, folder)
    return f"postgresql://idp@127.0.0.1:{port}/postgres"


def has_statement_statistics(programs):
    """Whether PostgreSQL's statement statistics are installed."""
    return any(pathlib.Path(programs).parent.rglob("pg_stat_statements.so"))


def _stop_postgres(run, programs, folder):
    with contextlib.suppress(subprocess.CalledProcessError):
        run(f"{programs}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres_database(locale=None):
    """A database of its own on the server, of a locale other than the server's where one is named; dropped afterwards."""
    base = postgres_url()
    name = f"idp_test_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(base, autocommit=True) as connection:
        of_its_own = f" TEMPLATE template0 LOCALE '{locale}'" if locale else ""
        connection.execute(f'CREATE DATABASE "{name}"{of_its_own}')
    try:
        yield base.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def noting_connections(held, answer):
    """Do what `answer` does, and note how many connections of the database are lent meanwhile."""

    def look(*values, **named):
        held.append(db.engine.pool.checkedout())
        return answer(*values, **named)

    return look


_prepared = {}
"""Of each application: the rows of a house that was just prepared, so that the work is done once a session."""


def reset(app):
    """Give the database what `idp init` gives it, and nothing else; forget what this process remembers."""
    with app.app_context():
        db.session.remove()
        with db.engine.begin() as connection:
            _empty(connection)
            for table, rows in _prepared.get(app, ()):
                connection.execute(table.insert(), rows)
    for name in (
        "idp.feed",
        "idp.keyring",
        "idp.access",
        "idp.clients",
        "idp.admin.tiles",
        "idp.webhooks",
        "idp.brand",
        "idp.brand.again",
    ):
        app.extensions.pop(name, None)
    stored_settings.begin(app)
    limiter.reset()
    if app not in _prepared:
        _prepared[app] = _prepare(app)


def _empty(connection):
    tables = [f'"{table.name}"' for table in reversed(db.metadata.sorted_tables)]
    if connection.dialect.name == "postgresql":
        # Deleting from small tables is far quicker than TRUNCATE, which makes each a new file.
        numbered = [
            f"ALTER SEQUENCE {table.name}_{column.name}_seq RESTART"
            for table in db.metadata.sorted_tables
            if (column := table.autoincrement_column) is not None
        ]
        connection.exec_driver_sql("; ".join([*(f"DELETE FROM {name}" for name in tables), *numbered]))
        return
    for name in tables:
        connection.exec_driver_sql(f"DELETE FROM {name}")


def _prepare(app):
    with app.app_context():
        access.create_built_ins()
        keyring.initialise()
        with db.engine.begin() as connection:
            for name in ("audit_events", "feed_changes"):
                connection.execute(db.metadata.tables[name].delete())
        access.forget()
        with db.engine.connect() as connection:
            found = [
                (table, list(map(dict, connection.execute(table.select()).mappings())))
                for table in db.metadata.sorted_tables
            ]
        return [(table, rows) for table, rows in found if rows]


class IssuerClient(FlaskClient):
    """Flask's client, speaking to the issuer's address."""

    def open(self, *args, **values):
        if not values.get("base_url") and not (args and not isinstance(args[0], str)):
            values["base_url"] = self.application.extensions["idp.settings"].issuer
        return super().open(*args, **values)


def test_client(app):
    """Flask's client on the issuer's address."""
    return IssuerClient(app, app.response_class, use_cookies=True)


test_client.__test__ = False


def wait_for(question, seconds=10.0, pause=0.05):
    """Ask until the answer is true; fail after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(pause)
    raise AssertionError("waited in vain")
