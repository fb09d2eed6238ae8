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
from joserfc.jwk import ECKey

from idp.access import apis
from idp.clients import service as clients
from idp.clients.snippets import SNIPPETS, snippet, snippets_of
from tests.arrange import Arranger
from tests.chromium import chromium, follow
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


def test_fastapi_signs_a_person_in(provider, person, tmp_path):
    made = Made(provider, "web")
    (tmp_path / "snippet.py").write_text(made.text("FastAPI"))
    words = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(made.port), "snippet:app"]
    signs_in(runs(words, tmp_path, made, SESSION_SECRET="x" * 40), tmp_path, made, person, provider)


def test_django_signs_a_person_in(provider, person, tmp_path):
    made = Made(provider, "web")
    (tmp_path / "snippet.py").write_text(made.text("Django"))
    words = [sys.executable, "snippet.py", "runserver", f"127.0.0.1:{made.port}", "--noreload"]
    signs_in(runs(words, tmp_path, made, DJANGO_SECRET_KEY="x" * 40), tmp_path, made, person, provider)


class Registered:
    """An app registered without the wizard, by another way to prove itself; with its key where it has one."""

    def __init__(self, provider, folder, name, **values) -> None:
        self.port, self.key_file = free_port(), folder / "key.pem"
        self.url = f"http://127.0.0.1:{self.port}"
        if values["token_endpoint_auth_method"] == "private_key_jwt":
            key = ECKey.generate_key("P-256")
            self.key_file.write_bytes(key.as_pem(private=True))
            values["jwks"] = {"keys": [key.as_dict(private=False)]}
        if values["type"] in ADDRESSES:
            values["redirect_uris"] = [self.url + "/callback"]

        def make():
            row, secret = clients.create_client(name="Registered", **values)
            return snippet(row, name), secret or "", snippets_of(row)

        self.snippet, self.secret, self.offered = Arranger(provider.app, provider.factory).run(make)


@pytest.mark.parametrize("method", ["client_secret_post", "none", "private_key_jwt"])
def test_flask_proves_itself_as_the_app_is_registered(provider, person, tmp_path, method):
    name = "flask-keys" if method == "private_key_jwt" else "flask"
    made = Registered(provider, tmp_path, name, type="web", token_endpoint_auth_method=method)
    assert ("OIDC_CLIENT_SECRET" in made.snippet) is (method == "client_secret_post")
    (tmp_path / "snippet.py").write_text(made.snippet)
    words = [sys.executable, "-m", "flask", "--app", "snippet", "run", "--port", str(made.port)]
    process = runs(words, tmp_path, made, FLASK_SECRET_KEY="x" * 40, OIDC_PRIVATE_KEY_FILE=str(made.key_file))
    signs_in(process, tmp_path, made, person, provider)


def test_a_machine_and_an_api_with_keys_of_their_own(provider, tmp_path):
    def run(made, **environment):
        words = [sys.executable, "-c", made.snippet]
        told = {**os.environ, "OIDC_PRIVATE_KEY_FILE": str(made.key_file), **environment}
        done = subprocess.run(words, env=told, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    keys = {"token_endpoint_auth_method": "private_key_jwt", "allowed_apis": [API]}
    machine = Registered(provider, tmp_path, "machine-keys", type="machine", scopes=[RIGHT], **keys)
    token = run(machine)
    assert (token["token_type"], token["scope"]) == ("Bearer", RIGHT)
    api = Registered(provider, tmp_path, "api-keys", type="api", **keys)
    assert run(api, ACCESS_TOKEN=token["access_token"])["active"] is True


DOCKER = """#!/bin/bash -eu
# What `docker run` does with --env NAME and --env NAME=VALUE: the container's environment, printed.
while [ $# -gt 0 ]; do
  if [ "$1" = --env ]; then case "$2" in *=*) echo "$2";; *) echo "$2=${!2}";; esac; shift; fi
  last=$1; shift
done
echo "image=$last"
"""


@pytest.mark.parametrize("method", ["client_secret_basic", "private_key_jwt"])
def test_docker_is_told_every_value_and_the_secret_by_the_shell_alone(provider, tmp_path, method):
    made = Registered(provider, tmp_path, "docker", type="web", token_endpoint_auth_method=method)
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    told = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OIDC_CLIENT_SECRET": made.secret, "IMAGE": "shop:1",
            "OIDC_PRIVATE_KEY_FILE": str(made.key_file)}  # fmt: skip
    said = subprocess.run(["bash", "-euc", made.snippet], env=told, capture_output=True, text=True, check=True).stdout
    found = dict(line.split("=", 1) for line in said.splitlines())
    assert found["OIDC_ISSUER"] == provider.issuer
    assert found["OIDC_REDIRECT_URI"] == made.url + "/callback"
    assert found["OIDC_SCOPE"] == "openid profile email"
    assert found["image"] == "shop:1"
    proof = {"OIDC_CLIENT_SECRET": made.secret}
    if method == "private_key_jwt":
        proof = {"OIDC_PRIVATE_KEY_FILE": "/run/secrets/oidc.pem"}
    assert {name: value for name, value in found.items() if name in {"OIDC_CLIENT_SECRET", *proof}} == proof


@pytest.mark.parametrize("kind", ["web", "machine", "api"])
def test_no_snippet_speaks_of_a_secret_to_an_app_with_keys(provider, tmp_path, kind):
    for name in Registered(provider, tmp_path, "env", type=kind, token_endpoint_auth_method="private_key_jwt").offered:
        made = Registered(provider, tmp_path, name, type=kind, token_endpoint_auth_method="private_key_jwt")
        assert "SECRET" not in made.snippet.replace("FLASK_SECRET_KEY", "")
        assert "client_secret=" not in made.snippet.replace("client_secret=ECKey", "")


@pytest.mark.node
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_express_signs_a_person_in(provider, person, packages, tmp_path, method):
    made = Registered(provider, tmp_path, "express", type="web", token_endpoint_auth_method=method)
    # Node.js 18 has it under another name only.
    prelude = 'import { webcrypto } from "node:crypto";\nglobalThis.crypto ??= webcrypto;\n'
    (packages / "prelude.mjs").write_text(prelude)
    (packages / "snippet.mjs").write_text(made.snippet)
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
@pytest.mark.parametrize(
    ("kind", "method"), [("web", "client_secret_basic"), ("web", "client_secret_post"), ("native", "none")]
)
def test_go_signs_a_person_in(provider, person, go_folder, tmp_path, kind, method):
    made = Registered(provider, tmp_path, "go", type=kind, token_endpoint_auth_method=method)
    (go_folder / "main.go").write_text(made.snippet)
    built = subprocess.run(["go", "build", "-o", kind, "."], cwd=go_folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    signs_in(runs([f"./{kind}"], go_folder, made), go_folder, made, person, provider)


@pytest.fixture(scope="module")
def java_folder(tmp_path_factory):
    """A project of Maven with what the snippet names, fetched."""
    if not shutil.which("java") or not shutil.which("mvn"):
        missing("java")
    folder = tmp_path_factory.mktemp("java")
    shutil.copy(HERE / "snippets" / "pom.xml", folder)
    source = folder / "src" / "main" / "java" / "app" / "App.java"
    source.parent.mkdir(parents=True)
    source.write_text("package app; class App { public static void main(String[] arguments) {} }")
    fetched = subprocess.run(["mvn", "-q", "-B", "package"], cwd=folder, capture_output=True, text=True, check=False)
    if fetched.returncode and "java" not in REQUIRED:
        pytest.skip("Maven could not fetch what the snippet names")
    assert fetched.returncode == 0, fetched.stdout
    return folder


def runs_in_spring(made, folder):
    """Build the snippet as a program of Java, and start it."""
    (folder / "src" / "main" / "java" / "app" / "App.java").write_text(made.snippet)
    words = ["mvn", "-q", "-B", "-o", "package"]
    built = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout
    return runs(["java", "-jar", "target/app-1.jar"], folder, made)


@pytest.mark.java
@pytest.mark.parametrize("method", ["client_secret_basic", "none"])
def test_spring_boot_signs_a_person_in(provider, person, java_folder, tmp_path, method):
    made = Registered(provider, tmp_path, "spring", type="web", token_endpoint_auth_method=method)
    signs_in(runs_in_spring(made, java_folder), java_folder, made, person, provider)


@pytest.mark.java
def test_spring_boot_says_why_a_sign_in_failed(provider, person, java_folder, tmp_path):
    made = Registered(provider, tmp_path, "spring", type="web", token_endpoint_auth_method="client_secret_basic")
    made.secret = "wrong"
    process = runs_in_spring(made, java_folder)
    with pytest.raises(AssertionError):
        signs_in(process, java_folder, made, person, provider)
    assert "401 Unauthorized" in person.text


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
            follow(page, "main form:has(#password) button[type=submit]")
            follow(page, "button[value=allow]")
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


def test_a_machine_and_an_api_send_their_secret_in_the_form_where_they_are_registered_so(provider, tmp_path):
    told = {"token_endpoint_auth_method": "client_secret_post", "allowed_apis": [API]}
    machine = Registered(provider, tmp_path, "machine", type="machine", scopes=[RIGHT], **told)
    token = shell(machine.snippet, tmp_path, OIDC_CLIENT_SECRET=machine.secret)["access_token"]
    api = Registered(provider, tmp_path, "api", type="api", **told)
    assert shell(api.snippet, tmp_path, OIDC_CLIENT_SECRET=api.secret, ACCESS_TOKEN=token)["active"] is True


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
