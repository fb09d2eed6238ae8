"""A provider in a process of its own, and relying parties that none of us wrote, each a process too."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.interop.person import Person
from tests.live import live_server
from tests.services import REQUIRED, free_port, missing, wait_for

HERE = Path(__file__).parent
EMAIL, PASSWORD = "alice@example.com", "kestrels above a grey harbour wall"
SCOPE = "openid profile email offline_access"


class RelyingParty:
    """An app that is given its own address, the issuer, a client id and a secret, and nothing else."""

    def __init__(self, words, auth_method, provider, folder) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        registered = provider.idp(
            "client", "add", "--name", "Interop Shop", "--type", "web", "--auth-method", auth_method, "--scope", SCOPE,
            "--redirect-uri", self.url + "/callback", "--post-logout-redirect-uri", self.url + "/signed-out", "--json",
        )  # fmt: skip
        client = json.loads(registered.stdout)
        self.client_id, self.log = client["client_id"], folder / "relying-party.log"
        told = {
            "RP_URL": self.url, "RP_ISSUER": provider.issuer,
            "RP_CLIENT_ID": self.client_id, "RP_CLIENT_SECRET": client["client_secret"],
        }  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                words, cwd=folder, env={**os.environ, **told}, stdout=log, stderr=subprocess.STDOUT
            )

    def is_listening(self):
        """Tell whether the app takes connections; fail with its log when it has ended."""
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", urlsplit(self.url).port), 1):
            return True
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A running provider with one person in it."""
    with live_server(tmp_path_factory.mktemp("provider")) as server:
        words = ["user", "add", "--email", EMAIL, "--name", "Alice Baker", "--verified", "--password-stdin"]
        server.idp(*words, input=PASSWORD)
        yield server


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory):
    """A folder with the app for Node.js and the packages of its lock file."""
    if not shutil.which("node") or not shutil.which("npm"):
        missing("node")
    folder = tmp_path_factory.mktemp("node")
    for source in (HERE / "node").glob("*.*"):
        shutil.copy(source, folder)
    words = ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]
    installed = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode and "node" not in REQUIRED:
        pytest.skip("npm could not fetch openid-client")
    assert installed.returncode == 0, installed.stderr
    return folder


@pytest.fixture(scope="module", params=["authlib", pytest.param("openid-client", marks=pytest.mark.node)])
def relying_party(request, provider, tmp_path_factory):
    """Each of the apps, running, registered for the way its library authenticates by default."""
    if request.param == "openid-client":
        folder = request.getfixturevalue("node_folder")
        app = RelyingParty(["node", "rp.mjs"], "client_secret_post", provider, folder)
    else:
        words = [sys.executable, str(HERE / "authlib_rp.py")]
        app = RelyingParty(words, "client_secret_basic", provider, tmp_path_factory.mktemp("authlib"))
    try:
        wait_for(app.is_listening, seconds=30)
        yield app
    finally:
        app.stop()


@pytest.fixture
def person(provider):
    """A person with a fresh browser."""
    browser = Person(provider.issuer)
    yield browser
    browser.close()
