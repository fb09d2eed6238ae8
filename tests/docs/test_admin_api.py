"""What the page about the Admin API shows works as it stands: every command on it is run."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

from idp.access.permissions import PERMISSIONS
from tests.live import live_server

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "how-to" / "admin-api.md"
ALICE, EXAMPLE_ID = "alice@example.com", "01JD3Q0Z4N8V5K7T2M9X6C1B0A"
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("provider")) as found:
        found.alice = found.factory.user(ALICE, roles=("owner",))
        yield found


def commands():
    """The indented lines of the page, with those that go on made one."""
    text = PAGE.read_text().replace("\\\n", " ")
    return [line.strip() for line in re.findall(r"(?m)^    (.*)$", text)]


def curl(server, key, line):
    """Run a command of the page against this server; return status, headers and body."""
    line = line.replace("https://id.example.com", server.issuer).replace(EXAMPLE_ID, server.alice)
    words = ["curl", "-sS", "-i", *shlex.split(line.replace("$IDP_API_KEY", key))[1:]]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    return int(head.split()[1]), head, body


def test_every_command_of_the_page_does_what_it_says(server):
    make, *requests = commands()
    assert make.startswith("idp api-key add ")
    key = re.search(r"idpk_\S+", server.idp(*shlex.split(make)[1:]).stdout)[0]
    everything = [word for name in PERMISSIONS for word in ("--permission", name)]
    full = re.search(r"idpk_\S+", server.idp("api-key", "add", ALICE, "--label", "all", *everything).stdout)[0]
    assert len(requests) == 4
    for line in requests:
        is_small = "/audit" in line or "/api-keys" in line
        if '"3"' in line:
            _status, head, _body = curl(server, full, f'curl -H "Authorization: Bearer $IDP_API_KEY" '
                                                      f"https://id.example.com/api/v1/users/{EXAMPLE_ID}")  # fmt: skip
            line = line.replace('"3"', re.search(r"(?im)^etag: (.*)$", head)[1])
        status, _head, body = curl(server, key if is_small else full, line)
        assert status in {200, 201}, (line, status, body)
