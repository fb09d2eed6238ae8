"""A program in a terminal shows a code, and a person types it in a browser."""

import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.chromium import follow, watch
from tests.factories import PASSWORD
from tests.live import live_server

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def terminal(server):
    """`idp try --device`, waiting, and the code it shows."""
    program = subprocess.Popen(
        [sys.executable, "-m", "idp.cli", "try", "--device"], cwd=server.folder, env={**os.environ, **server.values},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    for line in program.stdout:
        if found := re.search(r"Open (\S+) and enter ([A-Z]{4}-[A-Z]{4})", line):
            program.address, program.user_code = found.groups()
            break
    yield program
    program.kill()
    program.stdout.close()
    program.wait()


@pytest.mark.parametrize(("script", "decision"), [(True, "allow"), (False, "allow"), (True, "deny")])
def test_a_person_connects_a_program_in_a_terminal_or_does_not(server, process, terminal, script, decision):
    email = f"person-{script}-{decision}@example.com".lower()
    server.factory.user(email)
    context = process.new_context(java_script_enabled=script)
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints = watch(page)
    page.goto(terminal.address)
    page.fill("#user_code", terminal.user_code.lower().replace("-", " "))
    follow(page, "text=Continue")
    page.fill("#identifier", email)
    page.fill("#password", PASSWORD)
    follow(page, "main form:has(#password) button[type=submit]")
    assert page.locator(".user-code").inner_text() == terminal.user_code
    follow(page, f"button[value={decision}]")
    assert urlsplit(page.url).path == "/device/done"
    said = terminal.stdout.read()
    assert terminal.wait(30) == (0 if decision == "allow" else 1)
    assert ("✓ ID token verified" in said and email in said) == (decision == "allow")
    assert ("access_denied" in said) == (decision == "deny")
    assert complaints == []
    context.close()
