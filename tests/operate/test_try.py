"""`idp try`: one sign-in from a terminal, against a running server."""

import json
import os
import subprocess
import sys
import threading
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from idp.operate.trying import sign_in as try_
from idp.operate.trying.loopback import Listener
from idp.operate.trying.sign_in import Party, TryError, perform
from tests.live import live_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("provider")) as found:
        found.idp("init", "--demo")
        yield found


def test_a_headless_sign_in_verifies_the_token_and_says_so(server):
    result = server.idp("try", "--user", "alice", "--headless")
    assert "✓ ID token verified      RS256 kid" in result.stdout
    assert "email alice@example.com  roles [editor, owner]" in result.stdout
    assert [line[:1] for line in result.stdout.splitlines()] == ["→", "←", "→", "✓", " "]


def test_the_answer_for_programs_names_every_check(server):
    answer = json.loads(server.idp("try", "--user", "carol@example.com", "--headless", "--json").stdout)
    assert answer["verified"]
    assert {
        "signature",
        "iss",
        "aud",
        "exp",
        "nonce",
        "at_hash",
        "iss of the answer",
        "discovery",
        "sub of UserInfo",
    } == {check["name"] for check in answer["checks"]}
    assert answer["claims"]["email"] == "carol@example.com"


def test_a_wrong_password_is_a_failed_check(server):
    result = server.idp("try", "--user", "alice", "--headless", "--password-stdin", input="wrong", check=False)
    assert result.returncode == 1
    assert "did not take the password" in result.stderr


def test_somebody_unknown_is_not_found(server):
    result = server.idp("try", "--user", "mallory", "--headless", check=False)
    assert result.returncode == 3


def test_without_a_browser_the_address_is_printed_and_the_redirect_awaited(server):
    words = [sys.executable, "-m", "idp.cli", "try", "--no-browser"]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=server.folder,
        env={**os.environ, **server.values},
    ) as process:
        address = ""
        while not address.startswith("http"):
            address = process.stdout.readline().strip()
        query = parse_qs(urlsplit(address).query)
        assert query["code_challenge_method"] == ["S256"]
        urlopen(
            f"{query['redirect_uri'][0]}?{urlencode({'error': 'access_denied', 'state': query['state'][0]})}"
        ).close()
        assert process.wait(20) == 1
        assert "access_denied" in process.stderr.read()


def test_an_answer_with_a_foreign_state_is_refused(server):
    party = Party(server.issuer, "idp-try")
    with pytest.raises(TryError, match="no code came back"):
        perform(party, lambda _text: None, drive=lambda _address, _uri: {"code": "x", "state": "foreign"}, show=False)


def test_a_server_that_is_away_is_told_in_one_line():
    with pytest.raises(TryError, match="does not answer"):
        perform(Party("http://127.0.0.1:1", "idp-try"), lambda _text: None, drive=None, show=False)


def test_the_listener_takes_one_redirect_and_closes():
    listener = Listener()
    threading.Thread(target=lambda: urlopen(f"{listener.redirect_uri}?code=c&state=s").close()).start()
    assert listener.wait(10) == {"code": "c", "state": "s"}
    listener.close()


def test_nobody_coming_back_is_told(monkeypatch):
    monkeypatch.setattr(try_, "_PATIENCE_SECONDS", 0.1)
    listener, said = Listener(), []
    try:
        with pytest.raises(TryError, match="nobody came back"):
            try_._browser(listener, said.append, show=False)("http://localhost/authorize", "")
    finally:
        listener.close()
    assert "http://localhost/authorize" in said[0]


def test_headless_is_for_development_only(ready):
    result = ready.idp(
        "try", "--user", "alice", "--headless", "--client-id", "x", IDP_MODE="production",
        IDP_ISSUER="https://id.example.com", IDP_MAIL__URL="smtps://mail.example.com",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "development mode only" in result.stderr
