"""AZ-01 to AZ-08: client and address are established first; until then nobody is sent anywhere."""

import pytest

from idp.clients import service as clients
from tests.actors import RelyingParty
from tests.oauth.front import app_is_told, page_and_no_redirect
from tests.services import test_client

EVIL = "https://evil.example/steal"
GOOD = "https://rp.example.com/callback"
BAD_CLIENTS = ["nobody", None, "", "a" * 7000, "é✓", "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd"]


@pytest.mark.parametrize("client_id", BAD_CLIENTS)
@pytest.mark.parametrize("redirect_uri", [EVIL, GOOD])
def test_az01_unknown_client_gets_a_page_and_no_redirect(rp, client, client_id, redirect_uri):
    response = client.get(rp.authorize_url(client_id=client_id, redirect_uri=redirect_uri))
    page_and_no_redirect(response, forbidden="rp.example.com")
    page_and_no_redirect(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_az01_client_id_of_ten_kilobytes_gets_a_page_and_no_redirect(rp, client, method):
    """An address of that length is refused before it is read (414); a form is read, and then refused."""
    parameters = {"client_id": "a" * 10_000, "redirect_uri": EVIL, "response_type": "code"}
    if method == "post":
        page_and_no_redirect(client.post("/oauth/authorize", data=parameters))
        return
    response = client.get("/oauth/authorize", query_string=parameters)
    assert response.status_code == 414
    assert response.mimetype == "text/html"
    assert "Location" not in response.headers


def test_az01_disabled_client_gets_a_page_and_no_redirect(rp, client, arrange):
    arrange.run(clients.disable_client, rp.client_id)
    page_and_no_redirect(client.get(rp.authorize_url()))


@pytest.mark.parametrize("mode", [None, "query", "fragment", "form_post", "bogus"])
def test_az01_no_response_mode_makes_a_page_a_redirect(rp, client, mode):
    page_and_no_redirect(client.get(rp.authorize_url(client_id="nobody", redirect_uri=EVIL, response_mode=mode)))
    page_and_no_redirect(client.get(rp.authorize_url(redirect_uri=EVIL, response_mode=mode, prompt="none")))


VARIANTS = [
    "https://rp.example.com.evil.example/callback", "https://rp.example.com@evil.example/callback",
    "https://evil.example#@rp.example.com/callback", "https://rp.example.com/callback/../x",
    "https://rp.example.com/callback/..", "https://rp.example.com/%2e%2e/callback",
    "https://rp.example.com/callback%252f", "https://rp.example.com/..;/callback", "https://rp.example.com/callback;p=1",
    "https://rp.example.com/callback?x=1", "https://rp.example.com/callback?", "https://rp.example.com/callback#",
    "https://rp.example.com/callback#x", "https://rp.example.com/callback/", "https://rp.example.com/Callback",
    "https://rp.example.com/CALLBACK", "https://RP.example.com/callback", "HTTPS://rp.example.com/callback",
    "https://rp.example.com:443/callback", "https://rp.example.com:8443/callback", "http://rp.example.com/callback",
    "//rp.example.com/callback", "//evil.example", "https:/rp.example.com/callback", "https:rp.example.com/callback",
    "https:\\\\rp.example.com\\callback", "https://rp.example.com\\@evil.example/callback",
    "https://rp.example.com/callback\t", "https://rp.example.com/callback\r\nSet-Cookie: a=b",
    "\nhttps://rp.example.com/callback", " https://rp.example.com/callback", "https://rp.example.com/callback ",
    "https://rp.example.com/call\tback", "https://rp.ex\u0430mple.com/callback", "https://rp.example.com。evil.example/callback",
    "https://rp.example.com/callback%00", "https://rp.example.com/%63allback", "https://user@rp.example.com/callback",
    "https://rp.example.com/./callback", "/callback", "callback", "javascript:alert(1)", "data:text/html,x",
    "https://evil.example/?https://rp.example.com/callback", "https://rp.example.com/callback&extra=1",
    "https://rp.example.com./callback", "https://rp.example.com/callback,https://evil.example", '"><script>alert(1)</script>',
]  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS, ids=range(len(VARIANTS)))
def test_az03_only_the_registered_address_byte_for_byte(rp, client, variant):
    page_and_no_redirect(client.get(rp.authorize_url(redirect_uri=variant)))


def test_az03_nul_in_the_address_gets_a_page(rp, client):
    page_and_no_redirect(client.get(rp.authorize_url() + "%00"))
    page_and_no_redirect(client.get(rp.authorize_url(redirect_uri="https://rp.example.com/callback\x00")))


def test_az03_query_of_a_registered_address_is_part_of_it(app, factory, client):
    uri = "https://rp.example.com/callback?a=1&b=2"
    rp = RelyingParty(app, *factory.client_with_secret(redirect_uris=[uri]), redirect_uri=uri)
    for other in ("https://rp.example.com/callback?b=2&a=1", uri + "&c=3", "https://rp.example.com/callback"):
        page_and_no_redirect(client.get(rp.authorize_url(redirect_uri=other)))
    assert client.get(rp.authorize_url()).status_code == 303


def test_az03_developers_see_the_difference_and_production_tells_nothing(rp, client, make_app):
    sent = rp.authorize_url(redirect_uri=GOOD + "/")
    text = page_and_no_redirect(client.get(sent))
    assert "trailing slash" in text
    assert GOOD in text
    production = make_app(mode="production", mail={"url": "smtp://localhost:1"})
    assert GOOD not in page_and_no_redirect(test_client(production).get(sent))


LOOPBACK = "http://127.0.0.1/callback"
NOT_LOOPBACK = [
    "http://localhost/callback", "http://localhost:8000/callback", "http://127.0.0.1.evil.example:80/callback",
    "http://0.0.0.0/callback", "http://127.1/callback", "http://2130706433/callback", "http://0x7f.1/callback",
    "http://[::ffff:127.0.0.1]/callback", "http://[::1]/callback", "http://127.0.0.1:8000/other",
    "http://127.0.0.1:8000/callback/", "http://127.0.0.1:8000/callback?x=1", "https://127.0.0.1:8000/callback",
    "http://127.0.0.1:99999999/callback", "http://127.0.0.1:/callback", "http://127.0.0.1:8000@evil.example/callback",
    "http://127.0.0.2:8000/callback", "http://127.0.0.1:80 80/callback",
]  # fmt: skip


@pytest.fixture
def native(app, factory):
    return RelyingParty(app, factory.public_client(type="native", redirect_uris=[LOOPBACK]), redirect_uri=LOOPBACK)


@pytest.mark.parametrize("port", ["", ":80", ":8000", ":49152", ":65535"])
def test_az07_port_of_a_native_loopback_address_may_vary(native, client, port):
    address = f"http://127.0.0.1{port}/callback"
    response = client.get(native.authorize_url(redirect_uri=address, prompt="none"))
    assert response.headers["Location"].startswith(address + "?error=login_required")


@pytest.mark.parametrize("uri", NOT_LOOPBACK)
def test_az07_nothing_else_of_it_may(native, client, uri):
    page_and_no_redirect(client.get(native.authorize_url(redirect_uri=uri)))


@pytest.mark.parametrize("port", [":80", ":8000"])
def test_az07_port_of_a_web_client_may_not(app, factory, client, port):
    rp = RelyingParty(app, *factory.client_with_secret(redirect_uris=[LOOPBACK]), redirect_uri=LOOPBACK)
    page_and_no_redirect(client.get(rp.authorize_url(redirect_uri=f"http://127.0.0.1{port}/callback")))


@pytest.mark.parametrize("registered", [[GOOD], [GOOD, "https://rp.example.com/other"]])
@pytest.mark.parametrize("redirect_uri", [None, ""])
def test_az08_missing_address_is_never_guessed(app, factory, client, registered, redirect_uri):
    rp = RelyingParty(app, *factory.client_with_secret(redirect_uris=registered))
    page_and_no_redirect(client.get(rp.authorize_url(redirect_uri=redirect_uri)), forbidden="rp.example.com")


def test_az01_right_request_works_after_the_wrong_ones(rp, client):
    client.get(rp.authorize_url(redirect_uri=EVIL))
    app_is_told(client.get(rp.authorize_url(prompt="none")), "login_required")
