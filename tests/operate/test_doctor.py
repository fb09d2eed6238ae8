"""The doctor: each thing that is wrong is named, with why and what to do."""

import json
import socket
import threading

import pytest

from idp.clients.models import ClientSecret
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.keyring import service as keyring
from idp.operate import heartbeat
from idp.operate.doctor import house as checks_house
from idp.operate.doctor import people as checks_people
from idp.operate.doctor import surroundings as checks_surroundings
from idp.operate.doctor.finding import broken, look, well
from idp.operate.doctor.service import CHECKS, is_ill, report
from idp.operate.paint import FIX, LOOK, OK
from idp.operate.serving import preflight
from tests.conftest import make_settings

SECURE = "https://id.example.com"


def sign(findings):
    found = list(findings)
    for each in found:
        assert each.sign == OK or (each.why and each.fix), each
    return max((each.sign for each in found), key=[OK, LOOK, FIX].index)


@pytest.fixture
def asked(make_app):
    """Ask one question in an application with some settings bent."""

    def ask(check, **changes):
        app = make_app(**changes)
        with app.app_context():
            return sign(check())

    return ask


PRODUCTION = {"mode": "production", "mail": {"url": "smtps://127.0.0.1:1"}}


def test_every_check_has_a_clean_answer_in_a_good_house(ready):
    answer = ready.idp("doctor", "--json")
    assert answer.exit_code == 0, answer.output
    assert not [each for each in json.loads(answer.stdout) if each["sign"] == "fix"]


def test_what_must_be_mended_ends_with_one(ready):
    result = ready.idp("doctor", IDP_MODE="production", IDP_ISSUER=SECURE, IDP_MAIL__URL="smtps://127.0.0.1:1")
    assert result.exit_code == 1
    assert "✗ mail" in result.output
    assert "to fix" in result.output


def test_an_issuer_without_https_is_named_in_production(asked):
    assert asked(checks_surroundings.issuer) == OK
    assert asked(checks_surroundings.issuer, issuer="http://localhost:8000") == LOOK


def test_a_public_address_that_does_not_answer_is_named(asked):
    assert asked(checks_surroundings.discovery, **PRODUCTION) == FIX
    assert asked(checks_surroundings.discovery, issuer="http://localhost:1") == LOOK


def test_a_mail_server_that_does_not_answer_is_named(asked):
    assert asked(checks_surroundings.mail, **PRODUCTION) == FIX
    assert asked(checks_surroundings.mail) == OK


def test_a_mail_server_without_encryption_is_named(asked):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def greet():
            connection, _address = server.accept()
            with connection, connection.makefile("rwb") as wire:
                wire.write(b"220 test\r\n")
                wire.flush()
                for line in wire:
                    wire.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 test\r\n")
                    wire.flush()

        threading.Thread(target=greet, daemon=True).start()
        assert asked(checks_surroundings.mail, mail={"url": f"smtp://127.0.0.1:{port}"}) == LOOK


def test_a_redis_that_does_not_answer_is_named(asked, monkeypatch):
    assert asked(checks_surroundings.redis_store) == OK
    # An application on that Redis would bind the page limits of the whole process to it.
    away = make_settings(redis={"url": "redis://127.0.0.1:1/0"})
    monkeypatch.setattr(checks_surroundings, "settings", lambda: away)
    assert asked(checks_surroundings.redis_store) == LOOK


def test_cookies_without_the_host_prefix_are_named(asked):
    assert asked(checks_surroundings.cookies) == OK
    assert asked(checks_surroundings.cookies, issuer="http://localhost:8000") == LOOK


def test_a_full_disk_is_named(asked, monkeypatch):
    assert asked(checks_surroundings.disk) == OK
    monkeypatch.setattr(checks_surroundings, "_LEAST_FREE_BYTES", 2**80)
    assert asked(checks_surroundings.disk) == FIX


def test_a_clock_that_is_apart_is_named(context, monkeypatch):
    assert sign(checks_surroundings.clock()) == OK
    monkeypatch.setattr(checks_surroundings, "_LARGEST_SKEW_SECONDS", -1)
    monkeypatch.setattr(
        checks_surroundings, "_server_time", lambda: checks_surroundings.datetime.now(checks_surroundings.UTC)
    )
    assert sign(checks_surroundings.clock()) == FIX


def test_a_worker_that_is_silent_is_named(context, clock):
    assert sign(checks_house.worker()) == LOOK
    heartbeat.beat()
    assert sign(checks_house.worker()) == OK
    clock.advance(600)
    assert sign(checks_house.worker()) == LOOK


def test_a_signing_key_past_its_time_is_named(context, clock):
    assert sign(checks_house.keys()) == OK
    clock.advance(85 * 24 * 3600)
    assert sign(checks_house.keys()) == LOOK


def test_each_algorithm_is_judged_by_its_own_keys(context, clock):
    clock.advance(95 * 24 * 3600)
    keyring.initialise("ES256")
    found = list(checks_house.keys())
    assert {each.found.split()[2].strip(","): each.sign for each in found} == {"RS256": LOOK, "ES256": OK}
    assert "idp key next --alg RS256" in next(each.fix for each in found if each.sign == LOOK)


def test_a_mail_server_is_asked_where_mails_go(asked, monkeypatch):
    dialled = []

    def dial(host, port, **_more):
        dialled.append((host, port))
        raise OSError

    monkeypatch.setattr(checks_surroundings.smtplib, "SMTP", dial)
    assert asked(checks_surroundings.mail, mail={"url": "smtp://mail.example.com"}) == FIX
    assert dialled == [("mail.example.com", 587)]


def test_secrets_that_others_can_read_are_named(asked, tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("x")
    monkeypatch.setenv("IDP_MAIL__SENDER_FILE", str(secret))
    secret.chmod(0o600)
    assert asked(checks_house.files) == OK
    secret.chmod(0o644)
    assert asked(checks_house.files) == LOOK


def test_a_house_without_an_owner_is_named(context, factory):
    assert sign(checks_people.owners()) == LOOK
    factory.user("owner@example.com", roles=["owner"])
    db.session.rollback()  # a fresh view
    assert sign(checks_people.owners()) == OK


def test_a_secret_that_ends_soon_is_named(context, factory, clock):
    client_id, _secret = factory.client_with_secret()
    assert sign(checks_people.secrets()) == OK
    with transaction() as session:
        session.query(ClientSecret).filter_by(client_id=client_id).one().expires_at = now()
    assert sign(checks_people.secrets()) == LOOK


def test_a_check_that_stumbles_is_a_finding_and_the_others_go_on(ready, monkeypatch):
    def stumble():
        raise OSError("a stone")

    monkeypatch.setitem(CHECKS, "disk", stumble)
    answer = json.loads(ready.idp("doctor", "--json").stdout)
    assert [each["sign"] for each in answer if each["name"] == "disk"] == ["fix"]
    assert len(answer) >= len(CHECKS)


def test_the_report_sums_up():
    found = [
        well("one", "fine"),
        look("two", "hm", why="because", fix="do"),
        broken("three", "bad", why="so", fix="go"),
    ]
    assert report(found).splitlines()[-1] == "1 to look at, 1 to fix"
    assert is_ill(found)
    assert report(found[:1]).splitlines()[-1] == "All is well."


def test_no_secret_is_in_the_report(ready):
    secret = (ready.keys / "kek-0001.key").read_text().strip()
    output = ready.idp("doctor", IDP_MAIL__URL="smtp://user:hunter2-secret@127.0.0.1:1").output
    assert secret not in output
    assert "hunter2-secret" not in output


def test_preflight_is_silent_in_a_good_house(context):
    assert not list(preflight._key_problems())
