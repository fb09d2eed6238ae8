"""WB: what nobody should send to the endpoints that programs speak to."""

import time

import pytest

from tests.arrange import refused

FORM = "application/x-www-form-urlencoded"
NASTY = {
    "nul": "%00", "bad-utf8": "%ff%fe", "overlong": "%c0%af", "surrogate": "%ed%a0%80", "emoji": "%f0%9f%98%80",
    "quote": "%22%27%3c%3e", "sql": "%27%20OR%201%3D1%20--", "template": "%7B%7B7*7%7D%7D", "crlf": "%0d%0aX:%20y",
    "percent": "%", "half": "%f", "long": "x" * 20000,
}  # fmt: skip
PARAMETERS = {
    "/oauth/token": (
        "grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "client_assertion",
        "client_assertion_type", "refresh_token", "scope", "resource", "unheard_of",
    ),
    "/oauth/introspect": ("token", "token_type_hint", "client_id", "client_secret"),
    "/oauth/revoke": ("token", "token_type_hint", "client_id", "client_secret"),
    "/oauth/userinfo": ("access_token",),
}  # fmt: skip
CASES = [(path, name) for path, names in PARAMETERS.items() for name in names]


def credentials(rp):
    import base64

    return {"Authorization": "Basic " + base64.b64encode(f"{rp.client_id}:{rp.client_secret}".encode()).decode()}


@pytest.mark.parametrize(("path", "name"), CASES, ids=[f"{path}-{name}" for path, name in CASES])
def test_wb03_nasty_values_are_refused_and_never_break_anything(rp, path, name):
    for value in NASTY.values():
        for body, headers in requests(rp, path, f"{name}={value}"):
            response = rp.http.post(path, data=body, content_type=FORM, headers=headers)
            assert 400 <= response.status_code < 500 or (path, name) in SAYS_YES, (body, response.json)
            assert response.status_code < 500
            assert "Traceback" not in response.get_data(as_text=True)
            assert response.mimetype == "application/json"


def requests(rp, path, pair):
    """A nasty parameter in every request it could be part of: body and headers."""
    if path == "/oauth/userinfo":
        return [(pair, {})]
    if path != "/oauth/token":
        return [(pair, {}), (pair, credentials(rp))]
    if pair.startswith("grant_type="):
        return [(pair, credentials(rp))]
    grants = ("authorization_code", "refresh_token", "client_credentials")
    return [(f"grant_type={grant}&{pair}", credentials(rp)) for grant in grants]


SAYS_YES = {
    ("/oauth/introspect", "token"), ("/oauth/introspect", "token_type_hint"), ("/oauth/revoke", "token"),
    ("/oauth/revoke", "token_type_hint"),
}  # fmt: skip
"""An unknown token is answered, not refused (RFC 7009 §2.2, RFC 7662 §2.2)."""


@pytest.mark.parametrize(
    "header", ["Authorization", "X-Request-Id", "Origin", "User-Agent", "Cookie", "X-Forwarded-For"]
)
@pytest.mark.parametrize("value", ["x" * 7000, "\xff\xfe", "\t", "{{7*7}}", "Basic \xff", "Bearer \xff"])
def test_wb03_nasty_headers_are_refused_and_never_break_anything(rp, header, value):
    for path in PARAMETERS:
        response = rp.http.post(path, data={"grant_type": "refresh_token"}, headers={header: value})
        assert 400 <= response.status_code < 500


@pytest.mark.parametrize("path", PARAMETERS)
def test_wb04_body_that_is_too_large_is_refused_at_once(client, path):
    start = time.thread_time()
    response = client.post(path, data=b"a=" + b"x" * 70_000, content_type=FORM)
    assert response.status_code == 413
    assert response.json["error"] == "invalid_request"
    assert time.thread_time() - start < 0.2


@pytest.mark.parametrize("path", PARAMETERS)
def test_wb04_ten_thousand_fields_are_refused(client, path):
    response = client.post(path, data="&".join(f"a{n}=1" for n in range(7_000)), content_type=FORM)
    assert refused(response, "invalid_request")


def test_wb04_address_that_is_too_long_is_refused(client):
    assert client.post("/oauth/token?" + "x" * 9000, data={"grant_type": "refresh_token"}).status_code == 414


@pytest.mark.parametrize(
    "extra",
    [
        {"scope": "openid " * 580}, {"scope": " ".join(f"s{n}" for n in range(700))}, {"scope": "a" * 60_000},
        {"resource": [f"https://a.example/{n}" for n in range(11)]}, {"resource": ["https://a.example"] * 50},
    ],
    ids=["repeated", "unique", "long", "resources", "same-resource"],
)  # fmt: skip
def test_wb07_many_values_are_refused_quickly(rp, arrange, extra):
    token = arrange.tokens(rp)["refresh_token"]
    start = time.thread_time()
    response = rp.refresh(token, **extra)
    spent = time.thread_time() - start
    if response.status_code == 200:
        assert extra["scope"].startswith("openid")
        assert response.json["scope"] == "openid"
    else:
        assert response.json["error"] in {"invalid_scope", "invalid_request"}
    assert spent < 0.2
