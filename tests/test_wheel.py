"""The wheel installs in a bare environment, away from the sources, and serves every page."""

import os
import pathlib
import subprocess
import sys
import urllib.request
import zipfile

import pytest

from tests.live import LiveServer
from tests.services import REQUIRED

ROOT = pathlib.Path(__file__).parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.network]
PAGES = ["/login", "/register", "/forgot", "/account", "/logout", "/dev/mail", "/dev/gallery", "/static/idp.css",
         "/.well-known/openid-configuration", "/oauth/jwks", "/livez", "/readyz"]  # fmt: skip


def run(*words, **values):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, **values)
    if done.returncode and "network" not in REQUIRED and "Could not find a version" in done.stderr + done.stdout:
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """An environment with nothing but the wheel and what the lock file names."""
    folder = tmp_path_factory.mktemp("bare")
    run(sys.executable, "-m", "venv", folder)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.lock")
    run(*pip, "--no-deps", wheel)
    return folder / "bin"


class Installed(LiveServer):
    """The server of the bare environment."""

    python = None

    def idp(self, *words, check=True, **values):
        return subprocess.run(
            [self.python.parent / "idp", *words], check=check, capture_output=True, text=True, cwd=self.folder,
            env=self.bare_environment, **values,
        )  # fmt: skip

    @property
    def bare_environment(self):
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
        return kept | self.values


def test_the_wheel_holds_templates_migrations_and_translations(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in ("idp/templates/auth/login.html", "idp/migrations/env.py", "idp/static/idp.css", "idp/demo/app.py",
                 "idp/translations/de/LC_MESSAGES/messages.mo"):  # fmt: skip
        assert part in names, part
    assert any(name.startswith("idp/migrations/versions/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "keys/", "docs/"))]


def test_the_installed_server_serves_every_page(bare, tmp_path):
    server = Installed(tmp_path)
    server.python = bare / "python"
    server.idp("init")
    log = (tmp_path / "server.log").open("wb")
    port = server.ports[0]
    server.processes[port] = subprocess.Popen(
        [bare / "idp", "serve", "--port", str(port)], stdout=log, stderr=log, cwd=tmp_path, env=server.bare_environment,
        start_new_session=True,
    )  # fmt: skip
    (tmp_path / f"server-{port}.log").symlink_to(tmp_path / "server.log")
    try:
        server.wait(port)
        for page in PAGES:
            with urllib.request.urlopen(server.issuer + page, timeout=10) as answer:
                assert answer.status == 200, page
                assert answer.read(), page
    finally:
        server.stop()
