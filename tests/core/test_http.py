"""Manners of every response: hosts, headers, forms, local redirects."""

import pytest

from idp.core.http import safe_next

EVIL = [
    "//evil.test", "/\\evil.test", "/%09/evil.test", "https:evil.test", "///evil.test", "\\/evil.test", "https://evil.test",
    "/\tevil", "/a\r\nLocation: x", "javascript:alert(1)", "/%2f%2fevil.test", "/%5cevil.test", "evil", "", None, "/" + "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("value", EVIL)
def test_az21_a_foreign_return_address_is_refused(value):
    assert safe_next(value) is None


@pytest.mark.parametrize("value", ["/", "/account", "/oauth/authorize/01J?x=1&y=%2F"])
def test_a_local_return_address_passes(value):
    assert safe_next(value) == value


@pytest.mark.parametrize("host", ["evil.test", "id.example.com.evil.test", "id.example.com:444", "localhost"])
def test_lg13_an_unknown_host_is_refused(client, host):
    for path in ("/login", "/.well-known/openid-configuration", "/oauth/token"):
        response = client.get(path, base_url=f"https://{host}")
        assert response.status_code == 421
        assert host not in response.get_data(as_text=True)


def test_lg13_forwarded_headers_of_strangers_change_nothing(client):
    headers = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.test"}
    response = client.get("/.well-known/openid-configuration", headers=headers)
    assert response.json["issuer"] == "https://id.example.com"
    assert "evil" not in client.get("/login", headers=headers).get_data(as_text=True)


def test_wb01_pages_carry_the_policy_and_a_fresh_nonce(client):
    policies = set()
    for _visit in range(20):
        response = client.get("/login")
        headers = response.headers
        policies.add(headers["Content-Security-Policy"])
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "max-age=" in headers["Strict-Transport-Security"]
    assert len(policies) == 20
    policy = policies.pop()
    for rule in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert rule in policy
    assert "unsafe" not in policy


def test_az18_a_form_without_its_token_is_refused(client):
    response = client.post("/login", data={"identifier": "a@example.com", "password": "x"})
    assert response.status_code == 403
    response = client.post("/login", data={"identifier": "a@example.com", "password": "x", "csrf_token": "0" * 64})
    assert response.status_code == 403


def test_wb04_oversized_requests_are_refused_early(client):
    assert client.get("/login?x=" + "a" * 9000).status_code == 414
    assert client.post("/oauth/token", data={"x": "a" * 70_000}).status_code == 413
    assert client.post("/login", data={"x": "a" * 70_000}).status_code == 413


def test_wb03_nul_in_a_form_is_a_bad_request(browser):
    browser.get("/login")
    assert browser.submit("identifier", identifier="a\x00b", password="x").status_code == 400


def test_wb09_an_unknown_page_is_a_plain_404(client):
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert response.headers["X-Request-Id"]
