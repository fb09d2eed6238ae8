"""Only the port of a native app's loopback literal may differ; everything else is compared byte for byte."""

import pytest

from idp.clients import service as clients

V4, V6 = "http://127.0.0.1/cb", "http://[::1]/cb?x=1"
OTHER_PORTS = [
    "http://127.0.0.1:1/cb",
    "http://127.0.0.1:80/cb",
    "http://127.0.0.1:49152/cb",
    "http://127.0.0.1:65535/cb",
]
BENT = [
    "http://127.0.0.1:80/cb/", "http://127.0.0.1:80/CB", "http://127.0.0.1:80/cb?x=1", "http://127.0.0.1:80/", "http://127.0.0.1:80",
    "http://127.0.0.1:80/x/../cb", "http://127.0.0.1:80/%63b", "http://127.0.0.1:80//cb", "http://127.0.0.1:80/cb#", "http://127.0.0.1:80/cb;a",
    "http://127.0.0.1:/cb", "http://127.0.0.1:0/cb", "http://127.0.0.1:080/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1:123456/cb",
    "http://127.0.0.1:-1/cb", "http://127.0.0.1:8a/cb", "http://127.0.0.1: 80/cb", "http://127.0.0.1:80:80/cb", "http://127.0.0.1:\u0661/cb",
    "https://127.0.0.1:80/cb", "HTTP://127.0.0.1:80/cb", "http://localhost/cb", "http://localhost:80/cb",
    "http://127.0.0.1.evil.test:80/cb", "http://127.0.0.1:80.evil.test/cb", "http://127.0.0.1:80@evil.test/cb",
    "http://evil.test@127.0.0.1:80/cb", "http://evil.test/127.0.0.1:80/cb", "http://127.0.0.1:80\\@evil.test/cb", "http://0.0.0.0:80/cb",
    "http://0.0.0.0/cb", "http://127.1:80/cb", "http://127.0.1:80/cb", "http://2130706433:80/cb", "http://0x7f.0.0.1:80/cb", "http://0177.0.0.1/cb",
    "http://127.0.0.2:80/cb", "http://127.000.000.001/cb", "http://[::ffff:127.0.0.1]:80/cb", "http://[::1]:80/cb", "http://[0:0:0:0:0:0:0:1]/cb",
    "http://127.0.0.1:80/cb\n", "http://127.0.0.1:80/cb\r\nX: y", " http://127.0.0.1:80/cb", "http://127.0.0.1:80/cb ", "http://127.0.0.1:80/cb\x00",
    "//127.0.0.1:80/cb", "127.0.0.1:80/cb", "", "http://127.0.0.1%3a80/cb", "http://\uff11\uff12\uff17.0.0.1:80/cb",
]  # fmt: skip


def client(kind, *uris):
    row, _secret = clients.create_client(
        name="x", type=kind, redirect_uris=list(uris), post_logout_redirect_uris=list(uris)
    )
    return clients.find_client(row.id)


def test_az07_any_port_of_the_registered_literal_is_good_for_a_native_app(context):
    info = client("native", V4)
    assert all(map(info.allows_redirect, [V4, *OTHER_PORTS]))
    assert all(map(info.allows_post_logout_redirect, [V4, *OTHER_PORTS]))


def test_az07_a_registered_port_may_differ_too(context):
    info = client("native", "http://127.0.0.1:5000/cb")
    assert all(map(info.allows_redirect, [V4, *OTHER_PORTS]))


def test_az07_the_same_holds_for_the_other_literal(context):
    info = client("native", V6)
    assert info.allows_redirect("http://[::1]:49152/cb?x=1")
    for uri in (
        "http://[::1]:49152/cb",
        "http://[::1]:49152/cb?x=2",
        "http://[::2]:49152/cb?x=1",
        "http://127.0.0.1:1/cb?x=1",
    ):
        assert not info.allows_redirect(uri)


def test_az07_nothing_else_may_differ(context):
    info = client("native", V4)
    assert [uri for uri in BENT if info.allows_redirect(uri)] == []
    assert [uri for uri in BENT if info.allows_post_logout_redirect(uri)] == []


def test_az07_the_name_localhost_is_compared_exactly(context):
    info = client("native", "http://localhost/cb", "http://localhost:5000/cb")
    assert info.allows_redirect("http://localhost:5000/cb")
    for uri in ("http://localhost:5001/cb", V4, "http://127.0.0.1:5000/cb"):
        assert not info.allows_redirect(uri)


@pytest.mark.parametrize("kind", ["web", "spa"])
def test_az07_ports_of_other_apps_may_not_differ(context, kind):
    info = client(kind, V4, "http://[::1]:5000/cb")
    assert info.allows_redirect(V4)
    for uri in (*OTHER_PORTS, "http://[::1]/cb", "http://[::1]:5001/cb"):
        assert not info.allows_redirect(uri)


def test_az07_ports_elsewhere_may_not_differ(context):
    info = client("native", "https://rp.example.com/cb", "https://127.0.0.1/cb")
    for uri in ("https://rp.example.com:8443/cb", "https://127.0.0.1:8443/cb", "http://127.0.0.1:8443/cb"):
        assert not info.allows_redirect(uri)


AZ03 = "https://rp.test/cb"
VARIANTS = [
    "https://rp.test.evil.test/cb", "https://rp.test@evil.test/cb", "https://evil.test#@rp.test/cb", "https://rp.test/cb/../x",
    "https://rp.test/%2e%2e/cb", "https://rp.test/cb%252f", "https://rp.test/cb..;/", "https://rp.test/cb;p=1", "https://rp.test/cb/",
    "https://rp.test/CB", "https://RP.TEST/cb", "https://rp.test:443/cb", "https://rp.test:8443/cb", "http://rp.test/cb", "//rp.test/cb",
    "https://rp.test\\cb", "https://rp.test/cb\t", "https://rp.test/cb\r", "https://rp.test/cb\n", "https://rp.test/cb\x00", "https://rp.test/cb ",
    " https://rp.test/cb", "https://rp.test/cb?", "https://rp.test/cb#", "https://rp.test/cb?x=1", "https://rp.test./cb", "https://rp.test//cb",
    "https://rp.test/c%62", "https://rp.test/cb%00", "https://rp.t\u0435st/cb", "https://rp.test/\u0441b", "https:rp.test/cb", "HTTPS://rp.test/cb",
    "https://rp.test/cb,https://rp.test/cb", "https://rp.test/cb https://evil.test/", "*", "https://*", "https://rp.test/*", "",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["web", "native"])
def test_az03_only_the_registered_bytes_match(context, kind):
    info = client(kind, AZ03)
    assert info.allows_redirect(AZ03)
    assert [uri for uri in VARIANTS if info.allows_redirect(uri)] == []
    assert [uri for uri in VARIANTS if info.allows_post_logout_redirect(uri)] == []


def test_az03_order_and_number_of_query_parameters_count(context):
    info = client("web", "https://rp.test/cb?a=1&b=2")
    assert info.allows_redirect("https://rp.test/cb?a=1&b=2")
    for uri in (
        "https://rp.test/cb?b=2&a=1",
        "https://rp.test/cb?a=1&b=2&c=3",
        "https://rp.test/cb?a=1",
        "https://rp.test/cb",
    ):
        assert not info.allows_redirect(uri)
