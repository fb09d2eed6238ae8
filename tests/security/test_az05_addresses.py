"""Addresses that run script, read files or hide where they lead are not registered, by no way."""

import pytest

from idp.clients import service as clients
from idp.clients.commands.clients import client as group
from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.registration import from_registration

FINE = "https://rp.example.com/callback"
DANGEROUS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "javascript://rp.example.com/%0aalert(1)", "\x01javascript:alert(1)", "data:text/html,x", "DATA:text/html,x",
    "vbscript:msgbox", "file:///etc/passwd", "blob:https://rp.example.com/1", "filesystem:https://rp.example.com/x",
    "about:blank", "view-source:https://rp.example.com/", "ftp://rp.example.com/", "ws://rp.example.com/", "mailto:a@b.c",
    "tel:1", "urn:ietf:wg:oauth:2.0:oob", "intent://x#Intent;end", "ms-msdt:x", "callto:x",
]  # fmt: skip
DECEIVING = [
    "", " ", "/callback", "//rp.example.com/", "callback", "https:", "https://", "https:///x", "https:rp.example.com",
    "https:/rp.example.com", "https://rp.example.com/ x", "https://rp.example.com/\\x", "https://rp.example.com\\@evil.example/",
    "https://user@rp.example.com/", "https://rp.example.com@evil.example/", "https://u:p@rp.example.com/",
    "https://*.example.com/", "https://rp.example.com*/", "https://rp.example.com:0/", "https://rp.example.com:99999/",
    "https://rp.example.com:x/", "https://[::1/", "https://r\u0440.example.com/", "https://rp.example.com/\u202e",
    "https://rp.example.com/\r\nX: y", "https://rp.example.com/\x00", "https://rp.example.com/\x7f", "https://exa%6dple.com/",
    "https://rp_.example.com$/", "https://-rp.example.com/", "http://rp.example.com/", "HTTPS://rp.example.com/",
    "Https://rp.example.com/", "http://0.0.0.0/", "http://127.1/", "http://2130706433/", "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/", "http://evil.example/#@localhost", "https://rp.example.com/" + "a" * 2000,
]  # fmt: skip
REDIRECT_ONLY = [
    "https://rp.example.com/#x", "https://rp.example.com/#", "https://rp.example.com/../x", "https://rp.example.com/x/..",
    "https://rp.example.com/./x", "https://rp.example.com/%2e%2e/x", "https://rp.example.com/x/%2E.",
]  # fmt: skip
LISTS = ["redirect_uris", "post_logout_redirect_uris"]
PAGES = ["client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri"]
WIRE_PAGES = [*PAGES, "initiate_login_uri", "client_uri#fr", "logo_uri#fr", "tos_uri#fr", "policy_uri#fr"]


def register(**changes):
    return clients.create_client(**{"name": "x", "redirect_uris": [FINE], **changes})


def check_refused(code, makers):
    """Every one must be refused with the code, and nothing may be stored."""
    passed = []
    for what, maker in makers:
        try:
            maker()
        except InvalidMetadata as error:
            assert error.code == code  # noqa: PT017 - all are tried before the test fails
        else:
            passed.append(what)
    assert passed == []
    assert clients.count_clients() == 0


@pytest.mark.parametrize("kind", ["web", "spa", "native"])
@pytest.mark.parametrize("field", LISTS)
def test_az05_no_such_redirect_is_registered(context, kind, field):
    bad = DANGEROUS + DECEIVING + REDIRECT_ONLY
    makers = [(uri, lambda uri=uri: register(**{"type": kind, field: [FINE, uri]})) for uri in bad]
    check_refused("invalid_redirect_uri", makers)


@pytest.mark.parametrize("field", PAGES)
def test_az05_no_such_page_is_registered(context, field):
    makers = [(uri, lambda uri=uri: register(**{field: uri})) for uri in DANGEROUS + DECEIVING]
    check_refused("invalid_client_metadata", makers)


@pytest.mark.parametrize("field", WIRE_PAGES)
def test_az05_no_such_page_is_registered_under_its_name_on_the_wire(context, field):
    def register_wire(uri):
        register(**from_registration({"client_name": "x", "redirect_uris": [FINE], field: uri}))

    makers = [(uri, lambda uri=uri: register_wire(uri)) for uri in DANGEROUS + DECEIVING]
    check_refused("invalid_client_metadata", makers)


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "data:text/html,x", "http://rp.example.com/", "//evil.example/"]
)
def test_az05_the_command_line_refuses_them_too(command_line, context, uri):
    good = ("--name", "x", "--redirect-uri", FINE)
    for option in (
        "--redirect-uri",
        "--post-logout-redirect-uri",
        "--client-uri",
        "--logo-uri",
        "--policy-uri",
        "--tos-uri",
    ):
        command_line.refused(group, "add", *good, option, uri, code=1)
    command_line.refused(group, "add", *good, "--auth-method", "private_key_jwt", "--jwks-uri", uri, code=1)
    assert clients.count_clients() == 0


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:x", "http://rp.example.com/"])
def test_az05_an_edit_refuses_them_too(context, uri):
    row, _secret = register()
    for changes in ({"redirect_uris": [uri]}, {"post_logout_redirect_uris": [uri]}, {"client_uri": uri}):
        with pytest.raises(InvalidMetadata):
            clients.update_client(row.id, changes)
    assert clients.find_client(row.id).redirect_uris == (FINE,)


def test_az05_private_schemes_are_a_domain_turned_round(context):
    bad = ["myapp:/cb", "myapp://cb", "app:cb", "javascript.:x", ".com:/x", "Com.example:/cb", "1.2:/x"]
    makers = [(uri, lambda uri=uri: register(type="native", redirect_uris=[uri])) for uri in bad]
    check_refused("invalid_redirect_uri", makers)


@pytest.mark.parametrize("kind", ["web", "spa"])
def test_az05_private_schemes_are_for_native_apps(context, kind):
    makers = [(kind, lambda: register(type=kind, redirect_uris=["com.example.app:/cb"]))]
    check_refused("invalid_redirect_uri", makers)


@pytest.mark.parametrize("uri", [
    FINE, "https://rp.example.com", "https://rp.example.com:8443/cb?a=b&c=d", "https://rp.example.com/a;b=c", "https://10.0.0.1/",
    "https://[2001:db8::1]/cb", "http://localhost:5000/cb", "http://127.0.0.1:5000/cb", "http://[::1]:5000/cb",
    "https://xn--bcher-kva.example/", "https://rp.example.com/a..b/...", "https://rp.example.com/%20x",
])  # fmt: skip
def test_fine_addresses_are_registered_as_they_are(context, uri):
    row, _secret = register(redirect_uris=[uri], post_logout_redirect_uris=[uri])
    assert clients.find_client(row.id).allows_redirect(uri)
    assert clients.find_client(row.id).allows_post_logout_redirect(uri)


@pytest.mark.parametrize("uri", ["com.example.app:/cb", "com.example.app://cb", "com.example-x.app2:/cb"])
def test_native_apps_come_back_by_their_own_scheme(context, uri):
    row, _secret = register(type="native", redirect_uris=[uri])
    info = clients.find_client(row.id)
    assert info.allows_redirect(uri)
    assert not info.allows_redirect(uri + "/")
    assert not info.allows_redirect(uri.upper())
