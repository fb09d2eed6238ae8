"""An app from metadata that was pasted: everything unfit is named, nothing is dropped unless one says so."""

import html
import json

import pytest

from idp.access import service as access
from idp.audit.models import Event
from idp.clients import service as clients
from idp.clients.commands.clients import client
from idp.clients.metadata import registration
from idp.clients.metadata.pasted import LONGEST, read_pasted
from idp.core import fetch
from idp.core.db import db
from tests.admin.house import public_keys
from tests.services import noting_connections

OWNER, CALLBACK = "owner@example.com", "https://app.example.com/callback"
GIVEN = {
    "client_name": "Notes", "client_name#fr": "Carnet", "redirect_uris": [CALLBACK], "scope": "openid email",
    "grant_types": ["authorization_code"], "response_types": ["code"], "contacts": ["ops@example.com"],
    "token_endpoint_auth_method": "client_secret_post", "client_uri": "https://app.example.com/",
}  # fmt: skip


@pytest.fixture
def operator(browser, factory):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    return browser


def hand_in(operator, metadata, **more):
    operator.get("/admin/clients/new/metadata")
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    operator.submit("metadata", metadata=text, **more)
    return html.unescape(operator.text)


def test_an_app_is_reviewed_and_made_of_what_was_pasted(app, operator, arrange):
    operator.get("/admin/clients/new")
    assert "/admin/clients/new/metadata" in operator.text
    said = hand_in(operator, GIVEN)
    for shown in ("Web app with a server", "Notes", CALLBACK, "client_secret_post", "Carnet", "ops@example.com",
                  "People are asked for consent once."):  # fmt: skip
        assert shown in said
    operator.submit("metadata")
    assert "idps_" in operator.text
    (row,) = arrange.run(clients.list_clients)
    assert (row.name, row.scopes, row.grant_types) == ("Notes", ["openid", "email"], ["authorization_code"])
    assert row.metadata_ == {"client_name#fr": "Carnet", "contacts": ["ops@example.com"]}
    assert not row.first_party
    with app.app_context():
        assert db.session.query(Event).filter(Event.tag == "client.created").count() == 1


def test_back_from_the_review_keeps_what_was_pasted(operator):
    hand_in(operator, GIVEN)
    operator.post("/admin/clients/new/metadata/review", {**operator.form("metadata").fields, "back": "y"})
    assert '"client_name": "Notes"' in html.unescape(operator.text)


def test_every_fault_is_named_and_unknown_fields_are_left_out_only_when_one_says_so(operator, arrange):
    given = {**GIVEN, "colour": "red", "dpop_bound_access_tokens": True}
    said = hand_in(operator, {**given, "subject_type": "pairwise", "redirect_uris": ["https://a.example.com/#x"]})
    assert operator.status == 422
    for field in ("colour", "dpop_bound_access_tokens", "subject_type"):
        assert f">{field}</code>" in said
    said = hand_in(operator, given)
    assert operator.status == 422
    operator.submit("metadata", metadata=json.dumps(given), leave_out="y")
    said = html.unescape(operator.text)
    assert "The app gets nothing of what was left out." in said
    assert ">colour</code>" in said
    operator.submit("metadata")
    assert [row.name for row in arrange.run(clients.list_clients)] == ["Notes"]


def test_faults_come_all_at_once(context):
    def named(**metadata):
        return {fault.field: fault.is_unknown for fault in read_pasted(json.dumps(metadata)).faults}

    assert named(colour=1, sector_identifier_uri="x", subject_type="pairwise") == {
        "colour": True, "sector_identifier_uri": True, "subject_type": False,
    }  # fmt: skip
    assert named(redirect_uris=["https://a.example.com/#x"], logo_uri="ftp://x", scope='a"b') == {
        "client_name": False, "redirect_uris": False, "logo_uri": False, "scope": False,
    }  # fmt: skip
    assert named(client_name="x") == {"redirect_uris": False}
    assert named(client_name="x", redirect_uris=[CALLBACK], response_types=["token"]) == {"response_types": False}


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ({"redirect_uris": [CALLBACK]}, "web"),
        ({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}, "spa"),
        ({"redirect_uris": ["com.example.app:/cb"], "application_type": "native"}, "native"),
        ({"grant_types": ["client_credentials"], "response_types": []}, "machine"),
        ({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]}, "device"),
        ({"grant_types": []}, "api"),
    ],
)
def test_what_an_app_is_follows_from_its_metadata(context, metadata, kind):
    found = read_pasted(json.dumps({"client_name": "x", **metadata}))
    assert found.faults == []
    assert found.values["type"] == kind


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "null", "[" * 5000, "{}" + " " * LONGEST, '{"\\ud800": 1}', '{"client_name": "\\ud800"}',
     '{"client_name": 7, "redirect_uris": {"a": 1}, "grant_types": [{}], "response_types": 7, "scope": []}',
     '{"grant_types": "authorization_code", "client_name": "x"}', '{"grant_types": 7, "client_name": "x"}', '{"application_type": []}', '{"subject_type": {}}',
     '{"token_endpoint_auth_method": [], "client_name": "x"}', '{"jwks": 7, "contacts": 7, "client_name": "x"}'],
)  # fmt: skip
def test_whatever_is_pasted_is_answered(operator, arrange, text):
    said = hand_in(operator, text)
    assert operator.status == 422, said
    operator.get("/admin/clients/new/metadata")
    operator.post("/admin/clients/new/metadata", {**operator.form("metadata").fields, "metadata": text, "type": "x"})
    assert operator.status == 422
    assert arrange.run(clients.list_clients) == []


@pytest.mark.parametrize(
    "odd", [0, -1, 1e400, True, "", "x", "\x00", "\ud800", [], [7], [[]], {}, {"a": {}}, "9" * 3000]
)
def test_no_value_of_any_field_makes_it_fail(context, odd):
    known = [*registration._SAME, *registration._RENAMED, *registration._KEPT, "response_types", "application_type"]
    for field in (*known, "client_name#fr", "client_name#", "#", ""):
        given = {"client_name": "x", "redirect_uris": [CALLBACK], field: odd}
        found = read_pasted(json.dumps(given))
        assert found.faults or found.values["name"]
        assert all(fault.field.isprintable() for fault in found.faults)


def test_keys_are_taken_and_no_right_over_this_house_comes_along(operator, arrange):
    own = arrange.run(access.own_api)
    robot = {
        "client_name": "Robot", "grant_types": ["client_credentials"], "jwks": public_keys("first"),
        "token_endpoint_auth_method": "private_key_jwt", "scope": "admin.users.write",
    }  # fmt: skip
    assert "It signs with keys of its own." in hand_in(operator, robot)
    operator.submit("metadata")
    (row,) = arrange.run(clients.list_clients)
    assert (row.type, row.allowed_apis) == ("machine", [])
    said = hand_in(operator, {**robot, "allowed_apis": [own], "first_party": True})
    assert operator.status == 422
    assert ">allowed_apis</code>" in said
    assert ">first_party</code>" in said


URL = "https://app.example.com/oauth-client.json"


@pytest.fixture
def answers(monkeypatch):
    """Let addresses answer without a network; what was asked is kept."""
    asked = []

    def answer(body):
        def give(url, **_values):
            asked.append(url)
            if isinstance(body, Exception):
                raise body
            return body if isinstance(body, bytes) else json.dumps(body).encode()

        monkeypatch.setattr(fetch, "fetch", give)
        return asked

    return answer


def test_metadata_is_fetched_and_goes_on_as_if_it_was_pasted(app, operator, arrange, answers):
    asked = answers(GIVEN)
    operator.get("/admin/clients/new/metadata")
    operator.submit("url", url=f" {URL} ")
    assert asked == [URL]
    assert "Notes" in operator.text
    assert CALLBACK in operator.text
    assert arrange.run(clients.list_clients) == []
    operator.submit("metadata")
    assert [row.name for row in arrange.run(clients.list_clients)] == ["Notes"]
    assert asked == [URL], "it was asked again"


def test_no_connection_is_held_while_the_address_of_metadata_is_asked(operator, monkeypatch):
    held = []
    monkeypatch.setattr(fetch, "fetch", noting_connections(held, lambda _url: json.dumps(GIVEN).encode()))
    operator.get("/admin/clients/new/metadata")
    operator.submit("url", url=URL)
    assert operator.status == 200
    assert held == [0]


def test_faults_of_fetched_metadata_are_named_beside_its_text(operator, answers):
    answers({**GIVEN, "colour": "red"})
    operator.get("/admin/clients/new/metadata")
    operator.submit("url", url=URL)
    said = html.unescape(operator.text)
    assert operator.status == 422
    assert ">colour</code>" in said
    assert '"colour": "red"' in said
    operator.submit("metadata", leave_out="y")
    assert "The app gets nothing of what was left out." in html.unescape(operator.text)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://app.example.com/client.json", "begins with https://"),
        ("https://user:password@app.example.com/", "a password or a #"),
        ("https://127.0.0.1/client.json", "a network of our own"),
        ("https://[::1]/client.json", "a network of our own"),
        ("https://169.254.169.254/latest/meta-data", "a network of our own"),
        ("", "begins with https://"),
    ],
)
def test_an_address_that_is_not_public_is_not_asked(operator, arrange, url, says):
    operator.get("/admin/clients/new/metadata")
    operator.submit("url", url=url)
    assert operator.status == 422
    assert says in html.unescape(operator.text)
    assert arrange.run(clients.list_clients) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xff\xfe", "No metadata came"),
        (b"x" * (LONGEST + 1), "too long"),
        (fetch.FetchError("answer 302"), "without a redirect"),
        (fetch.FetchError("answer is too long"), "too long"),
        (b"<html>", "A JSON object of client metadata is wanted."),
    ],
)
def test_an_answer_that_is_none_is_said(operator, answers, body, says):
    answers(body)
    operator.get("/admin/clients/new/metadata")
    operator.submit("url", url=URL)
    assert operator.status == 422
    assert says in html.unescape(operator.text)


def test_the_command_line_fetches_too(command_line, answers):
    asked = answers(GIVEN)
    made = command_line.json(client, "add", "--metadata-url", URL, "--name", "Notes 2")
    assert (made["client_name"], made["redirect_uris"], asked) == ("Notes 2", [CALLBACK], [URL])
    answers(fetch.FetchError("address is not on the public Internet"))
    assert "network of our own" in command_line.refused(client, "add", "--metadata-url", URL, code=1)
    answers(b"<html>")
    assert "not JSON" in command_line.refused(client, "add", "--metadata-url", URL, code=2)
