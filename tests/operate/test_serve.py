"""The running server: it starts, answers, bounds what it reads, and ends with everything it began."""

import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.live import live_server
from tests.services import free_port, wait_for


def is_open(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children_of(pid):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(each) for each in listed.split()]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


class Development:
    """`idp serve --dev --demo` in an empty folder, as `make run` starts it."""

    def __init__(self, folder) -> None:
        self.folder, self.port, self.demo_port = folder, free_port(), free_port()
        self.log = folder / "log"
        self.process = None

    def start(self, *options):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
        words = ["serve", "--dev", "--demo", "--port", str(self.port), "--demo-port", str(self.demo_port), *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "idp.cli", *words], cwd=self.folder, stdout=log, stderr=log,
                env=kept | {"IDP_PASSWORDS__BCRYPT_COST": "4"}, start_new_session=True,
            )  # fmt: skip
        wait_for(self.is_ready, seconds=120)
        return self

    def is_ready(self):
        assert self.process.poll() is None, self.text
        return "Discovery" in self.text

    @property
    def text(self):
        return self.log.read_text()

    def get(self, path, port=None):
        with urllib.request.urlopen(f"http://localhost:{port or self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A production-like server for tests that leave it as it was."""
    with live_server(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def development(tmp_path):
    server = Development(tmp_path)
    try:
        yield server
    finally:
        if server.process and server.process.poll() is None:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


def test_a_first_run_prepares_everything_prints_the_block_and_ends_whole(development):
    development.start()
    text = development.text
    for part in (
        "✓ Database",
        "✓ Signing key",
        "✓ Demo data  3 people, 5 apps",
        "DEVELOPMENT mode",
        "alice@example.com",
    ):
        assert part in text
    assert f"http://127.0.0.1:{development.demo_port}" in text
    assert "ERROR" not in text
    assert '"status":"ok"' in development.get("/livez").replace(" ", "")
    assert "Sign in with Acme ID" in development.get("/", development.demo_port)
    began = children_of(development.process.pid)
    assert len(began) >= 2
    assert development.end() == 0
    wait_for(lambda: not any(map(is_alive, began)))
    assert not is_open(development.port)
    assert not is_open(development.demo_port)


def test_a_second_run_is_shorter_and_keeps_everything(development):
    development.start()
    password = next(line.split()[2] for line in development.text.splitlines() if "alice@example.com" in line)
    development.end(signal.SIGINT)
    development.start()
    assert "✓" not in development.text
    assert password not in development.text
    assert password in (development.folder / "var" / "demo-credentials.txt").read_text()


def test_a_taken_port_is_passed_over_and_the_issuer_follows(development):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", development.port))
        taken.listen()
        development.start()
        used = next(int(line.rpartition(":")[2]) for line in development.text.splitlines() if "Sign in  " in line)
    assert used > development.port
    assert f'"issuer":"http://localhost:{used}"' in development.get("/.well-known/openid-configuration", used).replace(
        ": ", ":"
    )


def test_workers_leave_when_the_main_process_is_killed(development):
    development.start()
    began = children_of(development.process.pid)
    development.process.kill()
    development.process.wait()
    wait_for(lambda: not any(map(is_alive, began)), seconds=15)


def test_a_worker_that_dies_is_replaced(live):
    server = live()
    main = server.processes[server.ports[0]].pid
    first = children_of(main)
    os.kill(first[0], signal.SIGKILL)
    wait_for(lambda: set(children_of(main)) - set(first) and server.answers(server.ports[0]), seconds=20)


def test_wb04_headers_beyond_the_bound_are_refused(server):
    request = urllib.request.Request(f"{server.addresses[0]}/livez", headers={"X-Long": "x" * 40_000})
    with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert getattr(refused.value, "code", 431) == 431


def test_a_taken_port_is_refused_when_the_issuer_is_fixed(server):
    result = server.idp("serve", "--port", str(server.ports[0]), check=False)
    assert result.returncode == 5
    assert "is taken" in result.stderr


def test_f11_a_request_in_flight_is_answered_before_the_server_ends(live):
    server = live()
    port = server.ports[0]
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(f"POST /oauth/token HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: 10\r\n"
                     "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())  # fmt: skip
        time.sleep(0.3)
        server.processes[port].terminate()
        time.sleep(0.3)
        slow.sendall(b"grant_type")
        assert slow.recv(100).startswith(b"HTTP/1.1 4")
    assert server.processes[port].wait(30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_alone_ends_at_a_signal(server, number):
    words = [sys.executable, "-m", "idp.cli", "worker"]
    environment = {**os.environ, **server.values}
    with subprocess.Popen(words, cwd=server.folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert "at work" in process.stderr.readline()
        process.send_signal(number)
        assert process.wait(30) == 0


def test_the_worker_refuses_a_house_that_is_not_prepared(tmp_path, server):
    values = {**os.environ, **server.values, "IDP_STATE_DIR": str(tmp_path), "IDP_DATABASE__URL": ""}
    words = [sys.executable, "-m", "idp.cli", "worker"]
    result = subprocess.run(words, cwd=tmp_path, env=values, capture_output=True, text=True, check=False)
    assert result.returncode == 5
    assert "Run: idp init" in result.stderr


def certificate(folder):
    """A certificate for this machine that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    moment = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def test_the_server_speaks_https_by_itself(development, tmp_path):
    cert, key = certificate(tmp_path)
    development.start("--tls-cert", str(cert), "--tls-key", str(key))
    assert f"https://localhost:{development.port}" in development.text
    trusting = ssl.create_default_context(cafile=str(cert))
    address = f"https://localhost:{development.port}/login"
    with urllib.request.urlopen(address, timeout=10, context=trusting) as answer:
        assert answer.headers["Strict-Transport-Security"]
        assert "__Host-idp_" in answer.headers["Set-Cookie"]


def test_half_of_a_certificate_is_wrong_usage(server):
    result = server.idp("serve", "--tls-cert", __file__, check=False)
    assert result.returncode == 2
