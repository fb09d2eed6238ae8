"""The published keys: RFC 7517 §5."""

import pytest
from sqlalchemy.exc import OperationalError

from idp.feed import service as feed
from idp.keyring import service as keyring
from idp.oauth.endpoints import jwks


@pytest.fixture(autouse=True)
def listening(app, monkeypatch):
    """Let every request hear of changes."""
    monkeypatch.setattr(jwks, "_LISTEN_EVERY", 0.0)
    app.extensions.pop("idp.oauth.jwks", None)


def test_jw10_nothing_private_and_nothing_weak_is_published(client):
    keys = client.get("/oauth/jwks").json["keys"]
    assert keys
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert set(key) <= {"kty", "use", "alg", "kid", "n", "e", "crv", "x", "y"}
        assert key["use"] == "sig"
        assert key["kty"] in {"RSA", "EC", "OKP"}


def test_answer_may_be_kept_and_is_confirmed_by_its_tag(client):
    first = client.get("/oauth/jwks")
    assert "max-age=600" in first.headers["Cache-Control"]
    again = client.get("/oauth/jwks", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_next_key_is_published_before_it_signs(client, arrange, rp):
    from tests.arrange import part

    arrange.run(keyring.prepare_next)
    published = {key["kid"] for key in client.get("/oauth/jwks").json["keys"]}
    signing = part(arrange.tokens(rp)["access_token"], 0)["kid"]
    assert signing in published
    assert len(published) == 2


def test_keys_are_told_even_when_the_database_is_silent(client, monkeypatch):
    before = client.get("/oauth/jwks").json

    def silent():
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(feed, "sync", silent)
    assert client.get("/oauth/jwks").json == before
