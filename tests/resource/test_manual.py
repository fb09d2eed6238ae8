"""What the manual shows about the kit works: docs/how-to/protect-an-api.md."""

import pathlib
import re
import time

import pytest

from tests.resource.conftest import bearer

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "how-to" / "protect-an-api.md"
WITH_FLASK, WITHOUT_FLASK = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE.read_text())
API = "https://api.example.com"


@pytest.fixture
def shown(http, monkeypatch):
    """Run what is shown, on the way to the server of the test."""
    monkeypatch.setattr("idp.resource.issuer.httpx.Client", lambda **_values: http)

    def run(source):
        names = {"__name__": "shown"}
        exec(compile(source, str(PAGE), "exec"), names)
        return names

    return run


def test_the_app_of_flask_lets_in_whom_it_should(shown, signed):
    app = shown(WITH_FLASK)["app"].test_client()
    assert app.get("/me").status_code == 401
    weak = {"Authorization": bearer(signed(aud=API, scope="articles.write", acr="1", auth_time=int(time.time())))}
    assert app.get("/me", headers=weak).json == {"you": "person", "roles": []}
    assert 'acr_values="2"' in app.post("/articles", headers=weak).headers["WWW-Authenticate"]
    strong = {"Authorization": bearer(signed(aud=API, scope="articles.write", acr="2", auth_time=int(time.time())))}
    assert app.post("/articles", headers=strong).json == {"written by": "person"}
    assert app.get("/.well-known/oauth-protected-resource").json["resource"] == API


def test_the_two_functions_do_the_same(shown, signed):
    answer = shown(WITHOUT_FLASK)["answer"]
    assert answer(bearer(signed(aud=API, scope="articles.write")))[0] == 200
    assert answer(bearer(signed(aud=API)))[0] == 403
    assert answer(None)[0] == 401
