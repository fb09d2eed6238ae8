"""Who fetched the published keys: written down now and then, bounded, and never in the way of the answer."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from idp.core.db import db
from idp.feed import service as feed
from idp.keyring import readers
from idp.oauth.endpoints import jwks
from tests.actors import Browser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def fetch(client, agent):
    assert client.get("/oauth/jwks", headers={"User-Agent": agent}).status_code == 200


def known(app):
    with app.app_context():
        return {row.agent for row in readers.list_readers()}


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("python-httpx/0.28.1", "python-httpx"), ("Go-http-client/2.0", "Go-http-client"), (FIREFOX, "Firefox"),
        ("Mozilla/5.0 (x)", "Mozilla"), ("", ""), ("<script>alert(1)</script>", ""), ("a" * 300, "a" * 40),
        ("curl", "curl"), ("axios\x00/1", "axios"),
    ],
)  # fmt: skip
def test_a_program_is_known_by_its_first_word(agent, name):
    assert readers.family_of(agent) == name


def test_each_is_written_once_a_minute_and_shown(app, client, factory, monkeypatch):
    monkeypatch.setattr(jwks, "_LISTEN_EVERY", 3600.0)
    fetch(client, "warm/1")
    fetch(client, "python-httpx/0.28.1")
    asked = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    fetch(client, "python-httpx/0.28.1")
    assert asked == []
    assert known(app) == {"python-httpx", "warm"}
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    browser.get("/admin/keys")
    assert "python-httpx" in browser.text


def test_a_stranger_with_many_names_fills_nothing(app, client):
    for number in range(readers.MOST + 15):
        fetch(client, f"name{number}/1")
    assert len(known(app)) <= readers.MOST
    with app.app_context():
        assert readers.sweep() == 0


def test_only_the_last_ones_stay(app, clock):
    with app.app_context():
        for number in range(readers.MOST + 5):
            clock.advance(1)
            readers._write(f"name{number}")
        assert readers.sweep() == 5
        clock.advance(31 * 86400)
        assert readers.sweep() == readers.MOST


def test_the_keys_are_told_when_nothing_can_be_written(app, client, monkeypatch):
    def silent(*_values):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(readers, "_write", silent)
    fetch(client, "one/1")
    monkeypatch.undo()
    app.extensions.pop("idp.oauth.jwks", None)
    monkeypatch.setattr(feed, "sync", silent)
    fetch(client, "two/1")
    fetch(client, "two/1")
    assert known(app) == set()
