"""The audit trail in the console: filters in the address, one event whole, a file of any length."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from idp.access import catalogue
from idp.access import service as access
from idp.audit import chain, service
from idp.audit.cli import audit as audit_command
from idp.audit.models import Event
from idp.audit.reading import Wanted, iterate_events
from idp.audit.tags import Tag
from idp.audit_files import service as audit_files
from idp.audit_files.cli import export
from idp.core.clock import now
from idp.core.db import db
from tests.actors import Browser

OWNER = "owner@example.com"
TRAIL = (
    (Tag.LOGIN_FAILED, {"actor": "user:A", "ip": "192.0.2.0"}, 2 * 86400),
    (Tag.LOGIN_SUCCEEDED, {"actor": "user:A", "ip": "198.51.100.0", "session_id": "S1"}, 86400 // 2),
    (Tag.ROLE_GRANTED, {"actor": "user:A", "subject": "user:B", "session_id": "S1", "request_id": "R1"}, 1800),
    (Tag.ROLE_REFUSED, {"actor": "user:B", "request_id": "R1"}, 1700),
    (Tag.KEY_CREATED, {"actor": "system", "subject": "key:K"}, 40 * 86400),
    (Tag.CLIENT_EDITED, {"actor": "user:A", "client_id": "shop"}, 60),
)


@pytest.fixture
def operator(app, factory):
    with app.app_context():
        factory.user(OWNER, roles=("owner",))
        for tag, fields, ago in TRAIL:
            row = {"at": now() - timedelta(seconds=ago), "tag": tag.value, "detail": {}, **fields}
            with db.engine.begin() as connection:
                connection.execute(insert(Event.__table__), row)
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def shown(browser):
    return set(re.findall(r'<code class="fine">([a-z._]+)</code></th>', browser.text))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("actor=user:A", {"login.failed", "login.succeeded", "role.granted", "client.edited"}),
        ("actor=user:A&result=failed", {"login.failed"}),
        ("actor=user:A&last=24h", {"login.succeeded", "role.granted", "client.edited"}),
        ("actor=user:A&last=1h", {"role.granted", "client.edited"}),
        ("group=roles&group=keys", {"role.granted", "role.refused", "key.created"}),
        ("group=roles&group=keys&last=30d", {"role.granted", "role.refused"}),
        ("group=roles&result=failed", {"role.refused"}),
        ("group=nonsense&tag=key.*", {"key.created"}),
        ("tag=nothing", set()), ("subject=user:B", {"role.granted"}),
        ("client_id=shop", {"client.edited"}), ("ip=192.0.2.0", {"login.failed"}),
        ("request_id=R1", {"role.granted", "role.refused"}), ("session_id=S1", {"login.succeeded", "role.granted"}),
        ("tag=key.*&until=2000-01-01", set()), ("tag=key.*&since=2000-01-01", {"key.created"}),
        ("tag=key.*&last=x&result=x&since=x", {"key.created"}),
    ],
)  # fmt: skip
def test_filters_stand_in_the_address_and_work_together(operator, query, expected):
    operator.get(f"/admin/audit?{query}")
    assert operator.status == 200
    assert shown(operator) == expected


def test_a_page_of_rare_events_goes_on_forth_and_back(operator, app):
    with app.app_context():
        for number in range(60):
            service.record(Tag.LOGIN_FAILED if number % 2 else Tag.TOKEN_REFUSED, actor="user:C", number=number)
        ids = select(Event.id).where(Event.tag.in_(("login.failed", "token.refused", "role.refused")))
        expected = set(map(str, db.session.execute(ids).scalars()))
    operator.get("/admin/audit?result=failed")
    pages = []
    while True:
        pages.append(re.findall(r'href="/admin/audit/(\d+)"', operator.text))
        following = re.search(r'rel="next" href="([^"]+)"', operator.text)
        if not following:
            break
        operator.get(following[1].replace("&amp;", "&"))
    assert sorted(number for page in pages for number in page) == sorted(expected)
    operator.get(re.search(r'rel="prev" href="([^"]+)"', operator.text)[1].replace("&amp;", "&"))
    assert re.findall(r'href="/admin/audit/(\d+)"', operator.text) == pages[-2]


def test_a_watched_page_loads_itself_again_and_comes_to_rest(operator, clock):
    operator.get("/admin/audit?actor=user:A")
    assert 'http-equiv="refresh"' not in operator.text
    link = re.search(r'href="(/admin/audit\?[^"]*watch=[^"]*)"', operator.text)[1].replace("&amp;", "&")
    operator.get(link)
    # With scripts the page fetches itself; both at once would be two readers.
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in operator.text
    assert ' data-watch="10"' in operator.text
    clock.advance(10 * 60 + 1)
    operator.get(link)
    assert 'http-equiv="refresh"' not in operator.text
    assert "data-watch" not in operator.text
    operator.get("/admin/audit?watch=99999999999")
    assert 'http-equiv="refresh"' not in operator.text


def test_an_event_shows_what_changed_and_hides_what_is_called_a_secret(operator, app, factory):
    shop, _secret = factory.client_with_secret("The shop")
    with app.app_context():
        service.record(
            Tag.CLIENT_EDITED, actor="user:A", subject="role:owner", client_id=shop, session_id="S1",
            before={"name": "Shop", "client_secret": "hunter2", "scopes": ["openid"]},
            after={"name": "Shop 2", "client_secret": "hunter3", "scopes": ["openid", "email"]},
        )  # fmt: skip
        number = service.newest_id()
    operator.get(f"/admin/audit/{number}")
    assert "not yet" in operator.text
    assert "hunter" not in operator.text
    assert "<td><bdi>Shop</bdi></td><td><bdi>Shop 2</bdi></td>" in operator.text
    assert "session_id=S1" in operator.text
    assert f'<a href="/admin/clients/{shop}"><bdi>The shop</bdi></a>' in operator.text
    assert '<a href="/admin/roles/owner"><bdi>owner</bdi></a>' in operator.text
    assert "<bdi>user:A</bdi>" in operator.text
    with app.app_context():
        chain.seal_events()
    operator.get(f"/admin/audit/{number}")
    assert "✓ as it was written" in operator.text
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Event.__table__.delete().where(Event.id == number - 1))
    operator.get(f"/admin/audit/{number}")
    assert "✗ changed since" in operator.text


def test_the_file_has_what_the_list_has_and_cells_are_no_formulas(operator, app):
    with app.app_context():
        service.record(Tag.CLIENT_EDITED, actor="user:A", subject="=HYPERLINK(1)", client_id="@shop")
    operator.get("/admin/audit/export?format=csv&actor=user:A")
    rows = list(csv.DictReader(io.StringIO(operator.text)))
    assert operator.response.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert [row["event"] for row in rows] == [
        "login.failed", "login.succeeded", "role.granted", "client.edited", "client.edited",
    ]  # fmt: skip
    assert (rows[-1]["subject"], rows[-1]["client_id"]) == ("'=HYPERLINK(1)", "'@shop")
    operator.get("/admin/audit/export?group=roles&group=keys")
    assert [json.loads(line)["event"] for line in operator.text.splitlines()] == [
        "key.created", "role.granted", "role.refused", "role.granted",
    ]  # fmt: skip
    with app.app_context():
        second, first = service.find_events(tag=Tag.AUDIT_EXPORTED.value)
    assert {**first.detail, "file": ""} == {"format": "csv", "filters": {"actor": "user:A"}, "file": ""}
    assert second.detail["filters"] == {"group": ["roles", "keys"]}


def test_a_file_that_was_taken_has_a_signed_manifest(operator, app):
    body = operator.http.get("/admin/audit/export?group=roles&group=keys", base_url=operator.issuer).get_data()
    operator.get("/admin/audit/files")
    assert "group=roles,keys" in operator.text
    operator.get(re.search(r'href="(/admin/audit/files/\w+/manifest)"', operator.text)[1])
    assert operator.response.headers["Content-Disposition"].endswith('.jws"')
    with app.app_context():
        assert audit_files.verify([body], operator.text)["events"] == len(body.splitlines())
    operator.get("/admin/audit/files/nothing/manifest")
    assert operator.status == 404


def test_a_walk_over_the_trail_keeps_nothing(context, monkeypatch):
    for number in range(25):
        service.record(Tag.LOGIN_FAILED if number % 3 else Tag.KEY_CREATED, actor="system", number=number)
    monkeypatch.setattr("idp.audit.reading._BATCH", 4)
    upto, seen = service.newest_id(), []
    for event in iterate_events(Wanted(result="failed"), upto=upto):
        seen.append(event.detail["number"])
        service.record(Tag.LOGIN_FAILED, actor="system", number=-1)
        assert len(db.session.identity_map) <= 4
    assert seen == [number for number in range(25) if number % 3]


def test_the_command_line_takes_the_same_filters(operator, command_line):
    def listed(*options):
        return {event["event"] for event in command_line.json(audit_command, "list", *options)}

    assert listed("--group", "keys", "--group", "roles", "--result", "ok", "--last", "30d") == {"role.granted"}
    assert listed("--network", "192.0.2.0") == {"login.failed"}
    assert listed("--session", "S1", "--event", "login.*") == {"login.succeeded"}
    assert command_line.run(audit_command, "list", "--last", "soon").exit_code == 2
    lines = command_line.run(export, "--actor", "user:B").stdout.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["role.refused"]


def test_a_text_is_found_in_the_newest_events_of_the_other_filters(operator, app, monkeypatch, command_line):
    with app.app_context():
        service.record(Tag.CLIENT_EDITED, actor="user:T", note="Straße 100%", reason="Lost phone")
        for number in range(3):
            service.record(Tag.LOGIN_FAILED, actor="user:T", number=number)
        service.record(Tag.LOGIN_FAILED, actor="user:U", number=4)
    for text, expected in (("lost PHONE", {"client.edited"}), ("Straße", {"client.edited"}), ("0%", {"client.edited"}),
                           ("1%", set()), ("_ost", set()), ("reason", {"client.edited"})):  # fmt: skip
        operator.get("/admin/audit", query_string={"text": text, "actor": "user:T"})
        assert shown(operator) == expected, text
        listed = command_line.json(audit_command, "list", "--text", text, "--actor", "user:T")
        assert {event["event"] for event in listed} == expected
    monkeypatch.setattr("idp.audit.reading.TEXT_WITHIN", 4)
    operator.get("/admin/audit?actor=user:T&text=phone")
    assert shown(operator) == {"client.edited"}
    operator.get("/admin/audit?result=ok&text=phone")
    assert shown(operator) == set()
    monkeypatch.setattr("idp.audit.reading.TEXT_WITHIN", 3)
    operator.get("/admin/audit?actor=user:T&text=phone")
    assert shown(operator) == set()
    operator.get("/admin/audit/export?actor=user:T&text=phone")
    assert operator.text == ""


def test_the_list_says_of_which_app_and_request_an_event_is(operator, app, factory):
    shop, _secret = factory.client_with_secret("The shop")
    with app.app_context():
        row = {"at": now(), "tag": "client.edited", "detail": {}, "actor": "system", "request_id": "0123456789ABCDEF"}
        with db.engine.begin() as connection:
            connection.execute(insert(Event.__table__), [{**row, "client_id": name} for name in (shop, "gone")])
    operator.get("/admin/audit")
    assert f'<td><a href="/admin/clients/{shop}"><bdi>The shop</bdi></a></td>' in operator.text
    assert "<td><bdi>gone</bdi></td>" in operator.text
    assert re.search(
        r'href="/admin/audit\?request_id=0123456789ABCDEF"[^>]*><code [^>]*>01234567</code>', operator.text
    )
    assert operator.text.count('<th scope="col">') == 7
    operator.get(f"/admin/clients/{shop}/events")
    assert operator.text.count('<th scope="col">') == 7
    operator.get("/admin")
    assert operator.text.count('<th scope="col">App</th>') == 0


@pytest.fixture
def named(operator, app, factory):
    """Somebody, an app, and what the trail says of them."""
    alice = factory.user("alice@example.com", username="alice")
    shop, _secret = factory.client_with_secret("The Shop")
    with app.app_context():
        service.record(Tag.ACCOUNT_EDITED, actor=f"user:{alice}", subject=f"user:{alice}")
        service.record(Tag.TOKEN_ISSUED, actor=f"client:{shop}", client_id=shop)
        service.record(Tag.CLIENT_DISABLED, actor="system", subject=f"client:{shop}")
    return {"alice": alice, "shop": shop}


NAMED = [
    ("actor=Alice@example.com", {"account.edited"}), ("actor=alice", {"account.edited"}), ("actor={alice}", {"account.edited"}),
    ("subject=alice@example.com&tag=account.*", {"account.edited"}), ("actor=the shop", {"token.issued"}),
    ("actor={shop}", {"token.issued"}), ("client_id=The Shop&actor=The Shop", {"token.issued"}),
    ("subject=The Shop&tag=client.d*", {"client.disabled"}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), NAMED)
def test_people_and_apps_are_named_as_the_list_shows_them(operator, named, query, expected):
    operator.get(f"/admin/audit?{query.format(**named)}")
    assert shown(operator) == expected
    operator.get(f"/admin/audit/export?{query.format(**named)}")
    assert {json.loads(line)["event"] for line in operator.text.splitlines()} == expected


def test_a_name_that_fits_nobody_or_two_finds_nothing_and_says_so(operator, named, factory, command_line):
    factory.client_with_secret("the shop")
    for query, says in (("actor=bob", "nobody"), ("client_id=Sho", "nobody"), ("client_id=The Shop", "More than one")):
        operator.get(f"/admin/audit?{query}")
        assert operator.status == 200
        assert not shown(operator)
        assert says in operator.text
        operator.get(f"/admin/audit/export?{query}")
        assert operator.status == 422
    assert "nobody" in command_line.refused(audit_command, "list", "--actor", "bob", code=3)
    assert "nobody" in command_line.refused(export, "--client", "Sho", code=3)


def test_the_file_remembers_no_address(operator, named, app, command_line):
    operator.get("/admin/audit/export?actor=alice@example.com")
    assert "account.edited" in operator.text
    command_line.run(export, "--subject", "alice@example.com")
    with app.app_context():
        events = service.find_events(tag=Tag.AUDIT_EXPORTED.value)
    assert [event.detail["filters"] for event in events] == [
        {"subject": f"user:{named['alice']}"}, {"actor": f"user:{named['alice']}"},
    ]  # fmt: skip


def test_the_command_line_takes_names(named, command_line):
    listed = command_line.json(audit_command, "list", "--actor", "alice", "--subject", "Alice@Example.com")
    assert [event["event"] for event in listed] == ["account.edited"]
    listed = command_line.json(audit_command, "list", "--client", "the shop", "--event", "token.*")
    assert [event["client_id"] for event in listed] == [named["shop"]]


def test_who_may_not_see_people_finds_nobody_by_address(operator, named, app, factory, arrange):
    api = arrange.run(access.own_api)
    arrange.run(catalogue.create_role, "reader", permissions=[(api, "admin.audit.read")])
    factory.user("reader@example.com", roles=("reader",))
    browser = Browser(app)
    browser.sign_in("reader@example.com")
    for query in ("actor=alice@example.com", "actor=alice", "actor=The Shop", "actor=nobody@example.com"):
        browser.get(f"/admin/audit?{query}")
        assert "nobody" in browser.text
        assert not shown(browser)
    browser.get(f"/admin/audit?actor=user:{named['alice']}")
    assert "account.edited" in shown(browser)
