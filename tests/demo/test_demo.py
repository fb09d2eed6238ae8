"""The demo app: a stranger's relying party and API, in a process of its own, at the real server."""

import html
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from idp.operate.demonstration import credentials
from tests.chromium import chromium, follow
from tests.interop.person import Person
from tests.live import live_server
from tests.services import free_port, wait_for

DEMO = pathlib.Path(__file__).parent.parent.parent / "idp" / "demo"


class Demo:
    """The demo app beside a server with demo data."""

    def __init__(self, server, folder) -> None:
        self.server, self.port = server, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        server.idp("init", "--demo")
        server.idp("client", "edit", "demo-web", "--redirect-uri", f"{self.url}/callback",
                   "--post-logout-redirect-uri", f"{self.url}/signed-out")  # fmt: skip
        self.people = {each.note: each for each in credentials.load(server.folder / "var").people}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "idp.cli", "demo", "app", "--port", str(self.port)],
            cwd=server.folder, env={**os.environ, **server.values},
            stdout=(folder / "demo.log").open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        wait_for(self.is_listening, seconds=30)

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("provider")) as server:
        app = Demo(server, tmp_path_factory.mktemp("demo"))
        try:
            yield app
        finally:
            app.stop()


class Visitor(Person):
    """A person at the demo app."""

    def __init__(self, demo) -> None:
        super().__init__(demo.server.issuer)
        self.demo = demo

    def sign_in(self, note):
        person = self.demo.people[note]
        self.get(self.demo.url + "/login")
        self.submit("identifier", identifier=person.email, password=person.password)
        if self.path.startswith("/consent"):
            self.submit("decision", "allow")
        assert self.url == self.demo.url + "/", self.text[:2000]
        return self

    def press(self, path):
        """Press the button that posts to a path; return the result that is shown."""
        self.response = self._follow("POST", self.demo.url + path)
        shown = re.search(r'(?s)id="result".*?<h2>(.*?)</h2>\s*(?:<p>(.*?)</p>|<pre[^>]*>(.*?)</pre>)', self.text)
        return json.loads(html.unescape(shown[3])) if shown[3] else html.unescape(shown[2])


@pytest.fixture
def visitor(demo):
    person = Visitor(demo)
    yield person
    person.close()


def test_a_person_comes_back_to_a_page_with_a_checked_token(visitor):
    visitor.sign_in("owner, editor")
    assert "Hello, Alice" in visitor.text
    for check in ("signature", "iss", "aud", "exp", "nonce", "at_hash"):
        assert f'<span class="tick" aria-hidden="true">✓</span> {check}' in visitor.text
    for claim in ("alice@example.com", "email_verified", "roles"):
        assert claim in visitor.text


def test_an_editor_may_read_and_publish(visitor):
    answers = visitor.sign_in("owner, editor").press("/call-api")
    assert [answer["status"] for answer in answers.values()] == [200, 200]


def test_somebody_without_roles_gets_403_from_the_api(visitor):
    answers = visitor.sign_in("no roles").press("/call-api")
    assert [answer["status"] for answer in answers.values()] == [403, 403]


@pytest.mark.parametrize(("note", "status"), [("owner, editor", 200), ("no roles", 403)])
def test_refresh_gives_new_tokens(visitor, note, status):
    answer = visitor.sign_in(note).press("/refresh")
    assert {"access_token", "refresh_token", "id_token"} <= answer.keys()
    assert [answer["status"] for answer in visitor.press("/call-api").values()] == [status, status]


def test_a_revoked_token_is_inactive_though_its_signature_still_checks(visitor):
    visitor.sign_in("owner, editor")
    assert visitor.press("/introspect")["active"] is True
    answer = visitor.press("/revoke")
    assert answer["introspection now says"] == {"active": False}
    assert "still checks until" in answer["the signature"]


def test_a_program_gets_a_token_in_its_own_name(visitor):
    answer = visitor.sign_in("owner, editor").press("/client-credentials")
    assert answer["token_type"] == "Bearer"
    assert "refresh_token" not in answer


def test_the_requests_are_shown_without_secrets(visitor):
    visitor.sign_in("owner, editor").get(visitor.demo.url + "/requests")
    text = html.unescape(visitor.text)
    assert "curl -X POST" in text
    assert "/oauth/token" in text
    secret = credentials.load(visitor.demo.server.folder / "var").secret_of("demo-web")
    assert secret not in text
    assert "code_verifier" in text


def test_signing_out_ends_both_sides(visitor):
    visitor.sign_in("owner, editor")
    visitor._follow("POST", visitor.demo.url + "/logout")
    if visitor.url.startswith(visitor.demo.server.issuer):
        visitor.submit("decision", "sign_out")
    assert "Signed out" in visitor.text
    visitor.get(visitor.demo.url + "/login")
    assert visitor.path == "/login"


def test_stepping_up_asks_for_the_password_again(visitor):
    visitor.sign_in("owner, editor").get(visitor.demo.url + "/login?step_up=")
    assert visitor.url.startswith(visitor.demo.server.issuer)


@pytest.mark.chromium
@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_person_steps_up_from_one_factor_to_two(demo, script):
    """The app asks for `acr_values=2`; the person has an authenticator app and was not asked for it before."""
    number = int(script)
    email, password = f"stepper{number}@example.com", "correct horse battery staple"
    seed = demo.server.factory.totp(demo.server.factory.user(email), on=False)
    with chromium() as process:
        page = process.new_context(java_script_enabled=script).new_page()
        page.set_default_timeout(10_000)
        page.goto(demo.url + "/login")
        page.fill("#identifier", email)
        page.fill("#password", password)
        follow(page, "main form:has(#password) button[type=submit]")
        follow(page, "button[value=allow]")
        page.wait_for_url(demo.url + "/")
        assert claim(page, "acr") == "1"
        follow(page, "text=Step up")
        page.fill("#password", password)
        follow(page, "main form:has(#password) button[type=submit]")
        page.fill("#code", demo.server.factory.code(seed))
        follow(page, "button:has-text('Verify')")
        page.wait_for_url(demo.url + "/**")
        shown = json.loads(page.locator("#result pre").inner_text())
        assert (shown["asked for acr"], shown["got acr"]) == ("2", "2")
        assert shown["by"] == ["pwd", "otp", "mfa"]


def claim(page, name):
    """What the page of the app shows of the ID token."""
    return re.search(rf"{name}\W+(\w+)", page.locator("main").inner_text())[1]


def test_a_refusal_is_shown_in_words(visitor):
    person = visitor.demo.people["owner, editor"]
    visitor.get(visitor.demo.url + "/login")
    visitor.submit("identifier", identifier=person.email, password=person.password)
    if visitor.path.startswith("/consent"):
        visitor.submit("decision", "deny")
        assert "access_denied" in visitor.text


def test_an_action_without_a_sign_in_is_met_with_words(visitor):
    assert "Sign in again" in visitor.press("/call-api")


@pytest.mark.parametrize("token", [None, "nonsense", "eyJhbGciOiJub25lIn0.e30."])
def test_the_api_refuses_what_is_no_token_of_ours(demo, token):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(demo.url + "/api/articles", headers=headers), timeout=10)
    assert refused.value.code == 401
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")
    refused.value.close()


def test_the_demo_stays_small_and_a_stranger():
    files = list(DEMO.glob("*.py"))
    lines = [line for path in files for line in path.read_text().splitlines() if line.strip()]
    assert len(lines) <= 250
    assert not [
        path for path in files if re.search(r"^\s*(from|import) idp(?!\.resource\b)", path.read_text(), re.MULTILINE)
    ]
