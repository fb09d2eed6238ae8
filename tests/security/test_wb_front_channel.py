"""WB at the front channel: bytes, lengths and counts that nobody sends in earnest."""

from urllib.parse import urlencode

import pytest

from tests.actors import query
from tests.oauth.front import app_is_told, page_and_no_redirect

FORM = "application/x-www-form-urlencoded"
NAMES = [
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "prompt", "max_age", "login_hint", "id_token_hint", "acr_values", "claims", "display",
    "ui_locales", "resource", "unknown",
]  # fmt: skip
BYTES = {"nul": b"%00", "bad utf-8": b"%ff%fe", "overlong": b"%c0%af", "surrogate": b"%ed%a0%80", "raw": b"\xff"}


def fields(rp):
    return {name: values[0] for name, values in query(rp.authorize_url()).items()}


@pytest.mark.parametrize("kind", BYTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_wb03_bytes_that_are_no_text_get_a_page(rp, client, kind, method):
    for name in NAMES:
        others = {key: value for key, value in fields(rp).items() if key != name}
        body = urlencode(others).encode() + b"&" + name.encode() + b"=" + BYTES[kind]
        if method == "post":
            page_and_no_redirect(client.post("/oauth/authorize", data=body, content_type=FORM))
        elif kind != "raw":
            page_and_no_redirect(client.get("/oauth/authorize?" + body.decode()))


def test_wb03_emoji_and_other_scripts_are_text(rp, client):
    told = app_is_told(client.get(rp.authorize_url(state="🙂 état ٣", prompt="none")), "login_required", "🙂 état ٣")
    assert told


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/end_session", "/logout", "/logout/done", "/consent/x"])
def test_wb04_long_addresses_and_bodies_are_refused(client, path):
    assert client.get(path, query_string={"x": "y" * 9000}).status_code == 414
    assert client.post(path, data={"x": "y" * 70_000}).status_code in {403, 405, 413}


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/end_session"])
def test_wb04_many_fields_are_refused(client, path):
    body = "&".join(f"f{number}=1" for number in range(5000))
    response = client.post(path, data=body, content_type=FORM)
    assert response.status_code in {303, 400, 413}
    assert "rp.example.com" not in response.headers.get("Location", "")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("scope", " ".join(["openid"] * 500), None),
        ("scope", " ".join(f"s{number}" for number in range(500)), "invalid_scope"),
        ("scope", "s" * 50_000, "invalid_request"),
        ("prompt", " ".join(["login"] * 40), None),
        ("prompt", " ".join(["login"] * 1000), "invalid_request"),
        ("acr_values", "1 " * 10_000, "invalid_request"),
        ("ui_locales", "de " * 10_000, "invalid_request"),
        ("resource", ["https://a.example"] * 11, "invalid_request"),
    ],
    ids=["scope repeated", "scope unique", "scope long", "prompt", "prompt long", "acr", "locales", "resource"],
)
def test_wb07_long_lists_are_refused(rp, client, name, value, error):
    response = client.post("/oauth/authorize", data={**fields(rp), name: value})
    if error is None:
        assert response.status_code == 303
    else:
        app_is_told(response, error)


def test_wb07_a_thousand_resources_get_a_page(rp, client):
    page_and_no_redirect(client.post("/oauth/authorize", data={**fields(rp), "resource": ["https://a.example"] * 1000}))


def test_wb09_fault_of_ours_shows_no_inside(rp, client, monkeypatch):
    def burst(*_args):
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr("idp.oauth.authorize.pipeline.resolve", burst)
    response = client.get(rp.authorize_url())
    assert response.status_code == 500
    assert response.mimetype == "text/html"
    text = response.get_data(as_text=True)
    assert "secret detail" not in text
    assert "Traceback" not in text
    assert response.headers["X-Request-Id"] in text
