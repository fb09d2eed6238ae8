"""No address that a client names makes us knock at our own network."""

import socket
import threading

import pytest
from joserfc.jwk import RSAKey

from idp.clients import keys
from idp.clients import service as clients
from tests.oauth.assertions import AssertingParty, claims

ADDRESSES = [
    "https://127.0.0.1:{port}/jwks", "https://localhost:{port}/jwks", "https://[::1]:{port}/jwks", "https://0.0.0.0:{port}/jwks",
    "https://[::ffff:127.0.0.1]:{port}/jwks", "https://[::ffff:7f00:1]:{port}/jwks", "https://0x7f.1:{port}/jwks",
    "https://2130706433:{port}/jwks", "https://0177.0.0.1:{port}/jwks", "https://127.1:{port}/jwks", "https://127.0.0.2:{port}/jwks",
    "https://rebind.example.com:{port}/jwks", "http://127.0.0.1:{port}/jwks", "http://localhost:{port}/jwks",
]  # fmt: skip
NETWORKS = [
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
]  # fmt: skip


@pytest.fixture
def canary():
    """A port of this machine that notes who knocks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.05)
        knocks, over = [], threading.Event()

        def listen():
            while not over.is_set():
                try:
                    listener.accept()[0].close()
                    knocks.append(1)
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield listener.getsockname()[1], knocks
        over.set()
        thread.join()


@pytest.fixture
def party(app, factory, monkeypatch):
    monkeypatch.setattr(keys, "_addresses", type(keys._addresses)())
    return AssertingParty(app, factory, RSAKey.generate_key(2048, auto_kid=True))


def move_keys(app, party, uri):
    with app.app_context(), app.test_request_context():
        clients.update_client(party.client_id, {"jwks": None, "jwks_uri": uri})


@pytest.mark.parametrize("address", ADDRESSES)
def test_dc05_no_connection_reaches_this_machine(app, party, canary, monkeypatch, address):
    port, knocks = canary
    real = socket.getaddrinfo

    def resolve(host, *rest, **more):
        return real("127.0.0.1" if host == "rebind.example.com" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    move_keys(app, party, address.format(port=port))
    response = party.ask(party.sign(claims(party.client_id)))
    assert response.status_code == 401
    assert response.json["error"] == "invalid_client"
    assert str(port) not in response.get_data(as_text=True)
    assert knocks == []


@pytest.mark.parametrize("address", NETWORKS)
def test_dc05_no_connection_leaves_for_a_private_network(app, party, monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(family, socket.SOCK_STREAM, 6, "", (address, 443))])
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
    move_keys(app, party, "https://keys.example.com/jwks")
    assert party.ask(party.sign(claims(party.client_id))).status_code == 401


@pytest.mark.parametrize(
    "uri", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://x/", "dict://x/", "http://10.0.0.1/", "//x/"]
)
def test_dc05_other_schemes_are_not_even_registered(context, uri):
    from idp.clients.errors import InvalidMetadata

    with pytest.raises(InvalidMetadata):
        clients.create_client(name="x", type="machine", token_endpoint_auth_method="private_key_jwt", jwks_uri=uri)


def test_dc05_pages_of_an_app_are_never_fetched(app, factory, client, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
    client_id, _secret = factory.client_with_secret(
        logo_uri="https://169.254.169.254/logo", client_uri="https://10.0.0.1/"
    )
    client.get("/oauth/authorize", query_string={"client_id": client_id})
    with app.app_context():
        assert clients.find_client(client_id).logo_uri
