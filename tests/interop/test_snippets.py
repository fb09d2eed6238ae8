"""The snippets that the console gives: each is run as it stands, with an app made in the wizard, against one server."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from idp.access import apis
from idp.clients import service as clients
from idp.clients.snippets import SNIPPETS, snippet
from tests.arrange import Arranger
from tests.chromium import chromium
from tests.factories import PASSWORD as OWNERS_PASSWORD
from tests.interop.conftest import EMAIL, PASSWORD, Person
from tests.live import live_server
from tests.services import REQUIRED, free_port, missing, wait_for

HERE, OWNER = Path(__file__).parent, "owner@example.com"
API, RIGHT = "https://articles.example.com", "articles.read"
ADDRESSES = {"web", "spa", "native"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("provider")) as server:
        server.user_id = server.factory.user(EMAIL, password=PASSWORD)
        server.factory.user(OWNER, roles=("owner",))
        run = Arranger(server.app, server.factory).run
        run(apis.create_api, API, name="Articles")
        run(apis.add_permission, API, RIGHT, title="Read articles")
        server.operator = Person(server.issuer)
        server.operator.get(server.issuer + "/login")
        server.operator.submit("identifier", identifier=OWNER, password=OWNERS_PASSWORD)
        yield server


@pytest.fixture
def person(provider):
    browser = Person(provider.issuer)
    yield browser
    browser.close()


class Made:
    """An app made in the wizard: what its result page gives."""

    def __init__(self, provider, kind, **more) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        browser = provider.operator
        browser.get(provider.issuer + "/admin/clients/new")
        browser.submit("type", "2", type=kind)
        described = {"redirect_uris": self.url + "/callback"} if kind in ADDRESSES else {}
        browser.submit("at", "3", name=f"Snippet {kind}", **described)
        browser.submit("at", "4", **more)
        browser.submit("at")
        found = re.search(r"<code[^>]*>(idps_[^<]+)</code>", browser.text)
        self.secret = found[1] if found else ""
        self.snippets = {
            html.unescape(label): html.unescape(text)
            for label, text in re.findall(
                r"<summary>([^<]+)</summary><pre[^>]*><code>(.*?)</code>", browser.text, re.DOTALL
            )
        }

    def text(self, label):
        return next(text for name, text in self.snippets.items() if label in name)


def runs(words, folder, made, **environment):
    """Start an app as its snippet says."""
    return subprocess.Popen(
        words, cwd=folder,
        env={**os.environ, "OIDC_CLIENT_SECRET": made.secret, "PORT": str(made.port), **environment},
        stdout=(folder / "log").open("wb"), stderr=subprocess.STDOUT,
    )  # fmt: skip


def signs_in(process, folder, made, person, provider):
    """Open the app, sign in at the provider and come back; the app says who it is."""
    try:
        wait_for(lambda: process.poll() is not None or answers(person, made.url + "/login"), seconds=60)
        assert process.poll() is None, (folder / "log").read_text()
        person.get(made.url + "/login")
        person.submit("identifier", identifier=EMAIL, password=PASSWORD)
        person.submit("decision", "allow")
        assert person.text == f"Hello, {provider.user_id}", (folder / "log").read_text()
    finally:
        process.terminate()
        process.wait(10)


def answers(person, address):
    try:
        return person.http.get(address, allow_redirects=False, timeout=5).status_code == 302
    except OSError:
        return False


def shell(text, folder, **environment):
    """Run a snippet in a shell, and read what it prints as JSON."""
    done = subprocess.run(
        ["bash", "-euc", text], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A folder with the packages of npm that the snippets name."""
    if not shutil.which("node") or not shutil.which("npm"):
        missing("node")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "snippets" / name, folder)
    words = ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]
    installed = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode and "node" not in REQUIRED:
        pytest.skip("npm could not fetch the packages of the snippets")
    assert installed.returncode == 0, installed.stderr
    return folder


def test_flask_signs_a_person_in(provider, person, tmp_path):
    made = Made(provider, "web")
    (tmp_path / "snippet.py").write_text(made.text("Flask"))
    words = [sys.executable, "-m", "flask", "--app", "snippet", "run", "--port", str(made.port)]
    signs_in(runs(words, tmp_path, made, FLASK_SECRET_KEY="x" * 40), tmp_path, made, person, provider)


@pytest.mark.node
def test_express_signs_a_person_in(provider, person, packages):
    made = Made(provider, "web")
    # Node.js 18 has it under another name only.
    prelude = 'import { webcrypto } from "node:crypto";\nglobalThis.crypto ??= webcrypto;\n'
    (packages / "prelude.mjs").write_text(prelude)
    (packages / "snippet.mjs").write_text(made.text("Express"))
    process = runs(["node", "--import", "./prelude.mjs", "snippet.mjs"], packages, made, OIDC_INSECURE="1",
                   SESSION_SECRET="x" * 40)  # fmt: skip
    signs_in(process, packages, made, person, provider)


@pytest.fixture(scope="module")
def go_folder(tmp_path_factory):
    """A folder with the modules of Go that the snippet names."""
    if not shutil.which("go"):
        missing("go")
    folder = tmp_path_factory.mktemp("go")
    for name in ("go.mod", "go.sum"):
        shutil.copy(HERE / "snippets" / name, folder)
    fetched = subprocess.run(["go", "mod", "download"], cwd=folder, capture_output=True, text=True, check=False)
    if fetched.returncode and "go" not in REQUIRED:
        pytest.skip("go could not fetch the modules of the snippet")
    assert fetched.returncode == 0, fetched.stderr
    return folder


@pytest.mark.go
@pytest.mark.parametrize("kind", ["web", "native"])
def test_go_signs_a_person_in(provider, person, go_folder, kind):
    made = Made(provider, kind)
    (go_folder / "main.go").write_text(made.text("Go"))
    built = subprocess.run(["go", "build", "-o", kind, "."], cwd=go_folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    signs_in(runs([f"./{kind}"], go_folder, made), go_folder, made, person, provider)


PAGE = """<!doctype html><title>App</title><script type="importmap">{"imports": {
"oidc-client-ts": "/node_modules/oidc-client-ts/dist/esm/oidc-client-ts.js",
"jwt-decode": "/node_modules/jwt-decode/build/esm/index.js"}}</script>
<body><script type="module" src="/snippet.js"></script>"""


class Files(SimpleHTTPRequestHandler):
    """Serves the app's one page at its two addresses, and its modules."""

    def translate_path(self, path):
        return super().translate_path("/page.html" if path.partition("?")[0] in {"/", "/callback"} else path)

    def log_message(self, *_values):
        pass


@pytest.mark.chromium
@pytest.mark.node
def test_a_single_page_app_signs_a_person_in(provider, packages):
    made = Made(provider, "spa")
    (packages / "page.html").write_text(PAGE)
    (packages / "snippet.js").write_text(made.text("oidc-client-ts"))
    server = ThreadingHTTPServer(("127.0.0.1", made.port), partial(Files, directory=str(packages)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with chromium() as browser:
            page = browser.new_page()
            page.goto(made.url + "/")
            page.fill("#identifier", EMAIL)
            page.fill("#password", PASSWORD)
            page.click("main form:has(#password) button[type=submit]")
            page.click("button[value=allow]")
            page.get_by_text(f"Hello, {provider.user_id}").wait_for(timeout=15_000)
    finally:
        server.shutdown()
        server.server_close()


def test_a_machine_gets_a_token_by_curl_and_an_api_learns_what_it_is(provider, tmp_path):
    machine = Made(provider, "machine", rights=f"{API} {RIGHT}")
    token = shell(machine.text("machine"), tmp_path, OIDC_CLIENT_SECRET=machine.secret)
    assert (token["token_type"], token["scope"]) == ("Bearer", RIGHT)
    api = Made(provider, "api", allowed_apis=API)
    said = shell(api.text("introspection"), tmp_path, OIDC_CLIENT_SECRET=api.secret, ACCESS_TOKEN=token["access_token"])
    assert (said["active"], said["scope"], said["aud"]) == (True, RIGHT, API)
    said = shell(api.text("introspection"), tmp_path, OIDC_CLIENT_SECRET=api.secret, ACCESS_TOKEN="nonsense")
    assert said == {"active": False}


def test_a_device_gets_a_code_by_curl_and_a_token_once_a_person_agreed(provider, person, tmp_path):
    first, _, second = Made(provider, "device").text("device").partition("# Every")
    code = shell(first, tmp_path)
    again = partial(shell, "# Every" + second, tmp_path, DEVICE_CODE=code["device_code"])
    assert again()["error"] == "authorization_pending"
    person.get(code["verification_uri_complete"])
    person.submit("user_code")
    person.submit("identifier", identifier=EMAIL, password=PASSWORD)
    person.submit("decision", "allow")
    wait_for(lambda: "id_token" in again(), seconds=20, pause=code["interval"])


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SNIPPETS.items() for name in names])
def test_every_snippet_holds_the_values_of_its_app_and_no_secret(provider, kind, name):
    def make():
        redirects = {"redirect_uris": ["http://127.0.0.1:3000/callback"]} if kind in ADDRESSES else {}
        client, secret = clients.create_client(name="Snippet", type=kind, **redirects)
        return snippet(client, name), client.id, secret

    text, client_id, secret = Arranger(provider.app, provider.factory).run(make)
    assert client_id in text
    assert "localhost" in text
    assert secret is None or secret not in text
