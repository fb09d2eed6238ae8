"""Outbound requests reach public addresses only, and nothing that answers badly can hold or fill us."""

import contextlib
import datetime as dt
import http.server
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idp.core import fetch as module
from idp.core.fetch import FetchError, fetch, is_public

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "2002:7f00:1::1", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b:1::a00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_our_own_network_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::200e"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ipaddress.ip_address(address))


UNFIT = [
    "http://keys.example.com/jwks", "ftp://keys.example.com/", "file:///etc/passwd", "gopher://x/", "//x/y", "x", "",
    "https://", "https:///path", "https://user@keys.example.com/", "https://u:p@keys.example.com/", "https://k.example/#f",
    "https://k.example/#", "https://k.example:0/", "https://k.example:99999/", "https://k.example:x/", "https://[::1/",
    "https://k.example/a b", "https://k.example\\@evil.example/", "https://k.example/\r\nX: y", "https://k\u00e9y.example/",
    "https://k.example/\x00", "https://k.example/" + "a" * 2100, "javascript:alert(1)", "https:k.example",
]  # fmt: skip


def is_refused(url):
    try:
        fetch(url)
    except FetchError:
        return True
    return False


def test_addresses_that_are_no_plain_https_are_not_asked(context, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("resolved"))
    assert [url for url in UNFIT if not is_refused(url)] == []


@pytest.fixture
def no_connections(monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))


def resolving_to(monkeypatch, *addresses):
    families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
    found = [
        (family, socket.SOCK_STREAM, 6, "", (address, 443)) for family, address in zip(families, addresses, strict=True)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)


def test_names_that_lead_into_our_own_network_are_not_asked(context, monkeypatch, no_connections):
    for address in (*PRIVATE, "fe80::1%eth0"):
        resolving_to(monkeypatch, address)
        with pytest.raises(FetchError, match="public Internet"):
            fetch("https://rebind.example.com/jwks")


def test_one_private_address_among_public_ones_is_enough_to_refuse(context, monkeypatch, no_connections):
    resolving_to(monkeypatch, "8.8.8.8", "127.0.0.1")
    with pytest.raises(FetchError, match="public Internet"):
        fetch("https://mixed.example.com/jwks")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_in_any_spelling_is_not_asked(context, no_connections, host):
    with pytest.raises(FetchError):
        fetch(f"https://{host}/jwks")


def test_the_connection_goes_to_the_vetted_address_and_the_name_is_resolved_once(context, monkeypatch):
    resolved, connected = [], []

    def resolve(host, *_a, **_k):
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(resolved) == 1 else "127.0.0.1", 443))]

    def connect(address, *_a, **_k):
        connected.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchError):
        fetch("https://rebind.example.com/jwks")
    assert (resolved, connected) == (["rebind.example.com"], [("8.8.8.8", 443)])


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        getattr(self, "answer_" + self.path.strip("/"))()

    def reply(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_good(self):
        self.reply(b'{"keys":[]}')

    def answer_moved(self):
        self.reply(b"", 302, Location="http://169.254.169.254/latest/meta-data")

    def answer_missing(self):
        self.reply(b"no", 404)

    def answer_long(self):
        self.reply(b"x" * (64 * 1024 + 1))

    def answer_endless(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"x" * 4096)

    def answer_compressed(self):
        self.reply(b"\x1f\x8b", **{"Content-Encoding": "gzip"})

    def answer_dripping(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            for _turn in range(200):
                self.wfile.write(b"x")
                time.sleep(0.05)

    def answer_dripping_headers(self):
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _turn in range(200):
                self.wfile.write(b"x")
                time.sleep(0.05)

    def answer_garbage(self):
        self.wfile.write(b"this is not HTTP\r\n\r\n")

    def answer_silent(self):
        time.sleep(6)

    def log_message(self, *_arguments):
        """Say nothing."""


@contextlib.contextmanager
def serving(tls=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.seen, server.daemon_threads = [], True
    server.handle_error = lambda *_a: None
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def development(make_app, monkeypatch):
    """An application that may ask this machine, and that loses patience soon."""
    monkeypatch.setattr(module, "SECONDS", 0.6)
    app = make_app(dev={"fetch_loopback": True})
    with app.app_context():
        yield app


@pytest.fixture
def server():
    with serving() as server:
        yield server


def test_a_good_answer_is_returned(development, server):
    assert fetch(f"http://127.0.0.1:{server.server_port}/good") == b'{"keys":[]}'
    _path, headers = server.seen[0]
    assert headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in headers
    assert "Authorization" not in headers


def test_loopback_is_not_asked_unless_the_setting_says_so(context, server):
    with pytest.raises(FetchError):
        fetch(f"http://127.0.0.1:{server.server_port}/good")
    assert not server.seen


def test_http_is_for_loopback_only_even_where_it_is_allowed(development):
    with pytest.raises(FetchError, match="https"):
        fetch("http://keys.example.com/jwks")


@pytest.mark.parametrize("path", ["moved", "missing", "long", "endless", "compressed", "garbage"])
def test_other_answers_are_refused(development, server, path):
    with pytest.raises(FetchError):
        fetch(f"http://127.0.0.1:{server.server_port}/{path}")
    assert [seen for seen, _headers in server.seen] == [f"/{path}"]


@pytest.mark.parametrize("path", ["dripping", "dripping_headers", "silent"])
def test_slow_answers_are_given_up(development, server, path):
    start = time.monotonic()
    with pytest.raises(FetchError):
        fetch(f"http://127.0.0.1:{server.server_port}/{path}")
    assert time.monotonic() - start < 3


def test_slow_names_are_given_up(development, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: time.sleep(4))
    start = time.monotonic()
    with pytest.raises(FetchError):
        fetch("https://slow.example.com/")
    assert time.monotonic() - start < 3


def certificate(folder, name):
    """A certificate for a name, signed by itself; return its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - dt.timedelta(hours=1)).not_valid_after(moment + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"{name}.pem"
    file.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


def test_https_is_checked_against_the_name_that_was_asked_for(development, tmp_path, monkeypatch):
    file = certificate(tmp_path, "localhost")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    trusting = ssl.create_default_context(cafile=file)
    with serving(tls) as server:
        url = f"https://localhost:{server.server_port}/good"
        with pytest.raises(FetchError, match=r"(?i)certificate"):
            fetch(url)
        monkeypatch.setitem(module._context, "default", trusting)
        assert fetch(url) == b'{"keys":[]}'
        with pytest.raises(FetchError, match=r"(?i)certificate"):
            fetch(f"https://127.0.0.1:{server.server_port}/good")


def test_production_refuses_to_start_with_loopback_allowed(make_app):
    with pytest.raises(Exception, match="fetch_loopback"):
        make_app(mode="production", mail={"url": "smtps://mail.example.com:465"}, dev={"fetch_loopback": True})
