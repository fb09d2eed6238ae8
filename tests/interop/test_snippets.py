"""The snippets that the console gives: each is run as it stands, with the app it was made for."""

import json
import os
import subprocess
import sys

import pytest

from idp.admin.clients.snippets import SNIPPETS, snippet
from idp.clients import service as clients
from tests.arrange import Arranger
from tests.interop.conftest import EMAIL, PASSWORD, Person
from tests.live import live_server
from tests.services import free_port, wait_for


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("provider")) as server:
        server.user_id = server.factory.user(EMAIL, password=PASSWORD)
        yield server


@pytest.fixture
def run(provider):
    return Arranger(provider.app, provider.factory)


def made(run, name, **fields):
    """An app of a kind: its snippet of a name, its id and its secret."""

    def make():
        client, secret = clients.create_client(name="Snippet", **fields)
        return snippet(client, name), client.id, secret

    return run.run(make)


def shell(text, folder, **environment):
    """Run a snippet in a shell, and read what it prints as JSON."""
    done = subprocess.run(
        ["bash", "-euc", text],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_flask_signs_a_person_in(provider, run, tmp_path):
    address = f"http://127.0.0.1:{free_port()}"
    text, _client_id, secret = made(run, "flask", type="web", redirect_uris=[address + "/callback"])
    (tmp_path / "snippet.py").write_text(text)
    port = address.rpartition(":")[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "snippet", "run", "--port", port], cwd=tmp_path,
        env={**os.environ, "OIDC_CLIENT_SECRET": secret, "FLASK_SECRET_KEY": "x" * 40},
        stdout=(tmp_path / "log").open("wb"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    person = Person(provider.issuer)
    try:
        wait_for(lambda: answers(person, address + "/login"), seconds=30)
        person.get(address + "/login")
        person.submit("identifier", identifier=EMAIL, password=PASSWORD)
        person.submit("decision", "allow")
        assert person.text == f"Hello, {provider.user_id}"
    finally:
        process.terminate()
        process.wait(10)


def answers(person, address):
    try:
        return person.http.get(address, allow_redirects=False, timeout=5).status_code == 302
    except OSError:
        return False


def test_a_machine_gets_a_token_by_curl_and_an_api_asks_about_it(run, tmp_path):
    text, _client_id, secret = made(run, "machine", type="machine")
    token = shell(text, tmp_path, OIDC_CLIENT_SECRET=secret)
    assert token["token_type"] == "Bearer"
    text, _client_id, secret = made(run, "api", type="api")
    said = shell(text, tmp_path, OIDC_CLIENT_SECRET=secret, ACCESS_TOKEN="nonsense")
    assert said == {"active": False}


def test_a_device_gets_a_code_by_curl(run, tmp_path):
    text, client_id, _secret = made(run, "device", type="device")
    first, _, second = text.partition("# Every")
    code = shell(first, tmp_path)
    assert code["user_code"]
    said = shell("# Every" + second, tmp_path, DEVICE_CODE=code["device_code"])
    assert said["error"] == "authorization_pending"
    assert client_id in text


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SNIPPETS.items() for name in names])
def test_every_snippet_holds_the_values_of_its_app_and_no_secret(run, kind, name):
    redirects = {"redirect_uris": ["http://127.0.0.1:3000/callback"]} if kind in {"web", "spa", "native"} else {}
    text, client_id, secret = made(run, name, type=kind, **redirects)
    assert client_id in text
    assert "localhost" in text
    assert secret is None or secret not in text
