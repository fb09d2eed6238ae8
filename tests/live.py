"""A real server in processes of its own, for browsers, races and crashes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from idp import create_app
from idp.core.settings import Settings
from idp.operate import init
from tests.factories import Factory
from tests.services import free_port

ROOT = Path(__file__).parent.parent


class LiveServer:
    """`idp serve` on loopback: one or more replicas on one database, each a process group of its own."""

    def __init__(self, folder, *, database_url="", replicas=1, **environment) -> None:
        self.folder = Path(folder)
        self.ports = [free_port() for _number in range(replicas)]
        self.processes = {}
        self.issuer = f"http://localhost:{self.ports[0]}"
        values = {
            "MODE": "development", "ISSUER": self.issuer, "STATE_DIR": self.folder / "var", "KEYS_DIR": self.folder / "keys",
            "DATABASE__URL": database_url, "PASSWORDS__BCRYPT_COST": "4", **environment,
        }  # fmt: skip
        self.values = {f"IDP_{name}": str(value) for name, value in values.items()}
        self._app = None

    @property
    def addresses(self):
        """The address of each replica; all of them answer for the one issuer."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    @property
    def host(self):
        """The Host header that every replica answers to."""
        return f"localhost:{self.ports[0]}"

    @property
    def app(self):
        """The application in this process, on the same database: to arrange and to look."""
        if self._app is None:
            with self.environment():
                self._app = create_app(Settings())
        return self._app

    @property
    def factory(self):
        return Factory(self.app)

    @contextlib.contextmanager
    def environment(self):
        """Put the server's settings into this process's environment for a moment."""
        before = dict(os.environ)
        os.environ.update(self.values)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def idp(self, *words, check=True, **values):
        """Run a command of the command line on this server's settings."""
        done = subprocess.run(
            [sys.executable, "-m", "idp.cli", *words],
            check=False, capture_output=True, text=True, cwd=self.folder, env={**os.environ, **self.values}, **values,
        )  # fmt: skip
        assert not (check and done.returncode), f"idp {' '.join(words)}: {done.returncode} {done.stderr}"
        return done

    def start(self, *options):
        """Make the schema and the first key, start every replica and wait until it answers."""
        with self.app.app_context():
            init.prepare()
        for port in self.ports:
            self.start_replica(port, *options)
        return self

    def start_replica(self, port, *options):
        log = (self.folder / f"server-{port}.log").open("ab")
        self.processes[port] = subprocess.Popen(
            [sys.executable, "-m", "idp.cli", "serve", "--host", "127.0.0.1", "--port", str(port), *options],
            stdout=log, stderr=log, cwd=self.folder, env={**os.environ, **self.values}, start_new_session=True,
        )  # fmt: skip
        self.wait(port)

    def wait(self, port, seconds=30):
        """Wait until a replica answers; fail with its log when it does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.answers(port):
                return
            if self.processes[port].poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(self.log(port))

    def answers(self, port):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2):
                return True
        except OSError:
            return False

    def log(self, port=None):
        return (self.folder / f"server-{port or self.ports[0]}.log").read_text()

    def kill(self, port=None):
        """Kill a replica and all of its workers at once, as a power cut does."""
        process = self.processes.pop(port or self.ports[0])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self):
        """Ask every replica to stop, and make sure that it did."""
        for process in self.processes.values():
            process.terminate()
        for port in list(self.processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[port].wait(15)
            self.kill(port)
        if self._app is not None:
            from idp.core.db import db

            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()


@contextlib.contextmanager
def live_server(folder, **values):
    """A server that is stopped at the end."""
    server = LiveServer(folder, **values)
    try:
        yield server.start()
    finally:
        server.stop()
