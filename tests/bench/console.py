"""What the console's lists cost in a crowded house, beside a small one: `make bench-console`.

It fills SQLite and PostgreSQL with 100 rows and with 100,000 people, 2,000 apps and a million events, opens the first
page, a page a thousand pages in, and a search of every list, and asks the database how it finds the rows. It prints
the table and leaves with 1 when a page costs more than twice what it costs in the small house and over the floor of
noise, or when a plan reads a whole large table.
"""

import argparse
import contextlib
import pathlib
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field

from sqlalchemy import event

from idp import create_app
from idp.access import service as access
from idp.core import cipher
from idp.core.db import db
from idp.core.settings import Settings
from idp.keyring import service as keyring
from tests import services
from tests.actors import Browser
from tests.bench import crowd
from tests.factories import Factory

OWNER = "owner@example.org"
LARGE_TABLES = (
    "users", "clients", "audit_events", "sessions", "grants", "daily_counts", "user_roles", "group_members",
    "refresh_tokens",
)  # fmt: skip
ROUNDS = 15
SCALES = (crowd.SMALL, crowd.LARGE)
FLOOR = 2.0
"""Milliseconds: what a page may cost more without being called slower."""


@dataclass(frozen=True)
class Page:
    """A list, and the address of its first page, its thousandth and a search in it."""

    name: str
    path: str
    middle: str
    search: str = ""


PAGES = (
    Page("people", "/admin/users", "after={person}", "search=person0000"),
    Page("people of some days", "/admin/users?since=2020-01-01&until=2030-01-01", "after={person}"),
    Page("people, 100 of a state", "/admin/users?state=active&size=100", ""),
    Page("people with a second step", "/admin/users?second_step=yes", ""),
    Page("roles", "/admin/roles", ""),
    Page("who holds a role", "/admin/roles/crowd", "after={person}"),
    Page("members of a group", "/admin/groups/" + crowd.GROUP, "after={person}"),
    Page("a permission", "/admin/apis/{api}/permissions/{permission}", ""),
    Page("scopes", "/admin/scopes", ""),
    Page("apps", "/admin/clients", "after={client}", "search=app+0000"),
    Page("apps of a kind", "/admin/clients?type=web&state=on", "after={client}", "search={one_client}"),
    Page("apps not used", "/admin/clients?unused=yes", "after={client}"),
    Page("grants of one app", "/admin/clients/{one_client}/grants", "after={grant}"),
    Page("events of one app", "/admin/clients/{one_client}/events", "after={event}", "tag=login.failed"),
    Page("what deleting an app breaks", "/admin/clients/{one_client}/danger", ""),
    Page("one person", "/admin/users/{one}", ""),
    Page("sessions", "/admin/sessions", "after={session}"),
    Page("sessions of one person", "/admin/sessions?person={one}", ""),
    Page("risky sessions", "/admin/sessions?risk=yes", ""),
    Page("refresh tokens", "/admin/tokens", "after={grant}", "person={one}"),
    Page("refresh tokens of one app", "/admin/tokens?client={one_client}", "after={grant}"),
    Page("audit trail", "/admin/audit", "after={event}", "tag=login.failed"),
    Page("audit, groups and result", "/admin/audit?group=keys&group=sign-in&result=failed", "after={event}"),
    Page("audit, last day, rare", "/admin/audit?last=24h&tag=key.*", ""),
    Page("audit of one network", "/admin/audit?ip=203.0.113.0&result=ok", "after={event}"),
    Page("audit of one session", "/admin/audit?session_id={one_session}", ""),
    Page("audit of one app, a week", "/admin/audit?last=7d&client_id={one_client}", ""),
    Page("audit of one person", "/admin/audit?subject=user:{one}", "after={event}"),
    Page("dashboard", "/admin", ""),
    Page("search", "/admin/search", "", "q=person00001"),
)


@dataclass
class Cost:
    """One page: the median of its answers in milliseconds, its statements, and the plans that read a whole table."""

    milliseconds: float
    statements: int
    scans: set[str] = field(default_factory=set)


def addresses(page, scale):
    """Name the addresses of a page in a house of this size: the thousandth page, or the last there is."""
    deep = min(scale.people, 25_000) - 25
    values = {
        "person": crowd.person_id(deep), "client": crowd.client_id(max(0, min(scale.clients, 25_000) - 50)),
        "session": crowd.session_id(max(1, scale.people - deep)), "event": max(30, scale.events - 25_000),
        "one": crowd.person_id(7), "one_session": crowd.session_id(7), "one_client": crowd.client_id(7),
        "grant": crowd.grant_id(scale.people - deep), "api": crowd.API, "permission": crowd.PERMISSION,
    }  # fmt: skip
    join = "&" if "?" in page.path else "?"
    yield "first", page.path.format(**values)
    for name, query in (("thousandth", page.middle), ("search", page.search)):
        if query:
            yield name, (page.path + join + query).format(**values)


@contextlib.contextmanager
def house(url, scale):
    """A filled house and its owner's browser."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="idp-bench-"))
    cipher.create_first_key(folder)
    app = create_app(
        Settings(mode="development", issuer=services.ISSUER, database={"url": url}, keys_dir=folder, state_dir=folder,
                 passwords={"bcrypt_cost": 4})
    )  # fmt: skip
    with app.app_context():
        db.create_all()
        access.create_built_ins()
        keyring.initialise()
        Factory(app).user(OWNER, roles=("owner",))
        crowd.fill(scale)
    browser = Browser(app)
    browser.sign_in(OWNER)
    yield app, browser
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def measure(*visits):
    """Open the same page of each house in turn, so that what else the computer does slows all of them alike."""
    times = [[] for _visit in visits]
    for _round in range(ROUNDS):
        for mine, (_app, browser, address) in zip(times, visits, strict=True):
            start = time.perf_counter()
            response = browser.http.get(address, base_url=services.ISSUER)
            mine.append((time.perf_counter() - start) * 1000)
            assert response.status_code in {200, 303}, (address, response.status_code)
    return [Cost(statistics.median(mine), *explain(*visit)) for mine, visit in zip(times, visits, strict=True)]


def explain(app, browser, address):
    """Count the reads of a page, and name the large tables that one of them reads whole."""
    with app.app_context():
        engine = db.engine
    seen = []
    listener = lambda *args: seen.append((args[2], args[3]))  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    browser.http.get(address, base_url=services.ISSUER)
    event.remove(engine, "before_cursor_execute", listener)
    reads = [(statement, values) for statement, values in seen if statement.lstrip().startswith("SELECT")]
    return len(reads), {found for one in reads for found in scans(engine, *one)}


def scans(engine, statement, values):
    """Name the large tables that a statement reads from end to end."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        explained = connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement, values)
        lines = [str(row[-1]).strip() for row in explained]
    # SQLite calls it a scan too when it walks along the key and stops at the end of the page.
    is_page = "LIMIT" in statement and not any("TEMP B-TREE" in line for line in lines)
    for line in lines:
        for table in LARGE_TABLES:
            if sqlite and line.startswith(f"SCAN {table}") and "USING" not in line and not is_page:
                yield table
            if not sqlite and f"Seq Scan on {table}" in line:
                yield table


def rows_of(database, url_of):
    """Measure both houses on one database; yield a row of the table for each page."""
    with contextlib.ExitStack() as stack:
        houses = [(stack.enter_context(house(stack.enter_context(url_of()), scale)), scale) for scale in SCALES]
        for page in PAGES:
            kinds = [list(addresses(page, scale)) for _house, scale in houses]
            for same in zip(*kinds, strict=True):
                visits = [(*one, address) for (one, _scale), (_kind, address) in zip(houses, same, strict=True)]
                yield database, page.name, same[0][0], *measure(*visits)


@contextlib.contextmanager
def sqlite_url():
    with tempfile.TemporaryDirectory(prefix="idp-bench-") as folder:
        yield f"sqlite:///{folder}/idp.db"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    names = parser.parse_args().database or services.databases()
    print("database | list | page | ms with 100 rows | ms in a crowd | statements | reads a whole table")
    print("---|---|---|---:|---:|---:|---")
    bad = 0
    for name in names:
        url_of = sqlite_url if name == "sqlite" else services.postgres_database
        for database, page, kind, small, large in rows_of(name, url_of):
            slow = large.milliseconds > max(2 * small.milliseconds, small.milliseconds + FLOOR)
            bad += slow or bool(large.scans)
            marks = " ".join(sorted(large.scans)) + (" ✗" if slow or large.scans else "")
            print(
                f"{database} | {page} | {kind} | {small.milliseconds:.1f} | {large.milliseconds:.1f} | "
                f"{large.statements} | {marks}",
                flush=True,
            )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
