"""What the manual shows works: its commands are run, and its app signs a person in."""

import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys

import pytest

from idp.operate.demonstration import credentials
from tests.interop.person import Person
from tests.live import live_server
from tests.services import free_port, wait_for

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/tutorial/*.md")),
         ROOT / "docs" / "how-to" / "webhooks.md"]  # fmt: skip
BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```")
BY_FRESH = {"make run", "make check"}
"""What `.ci/fresh` and `.ci/run` run."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("provider")) as found:
        found.idp("init", "--demo")
        yield found


def commands(page):
    lines = [line for block in BLOCK.findall(page.read_text()) for line in block.splitlines()]
    return [line.removeprefix("$ ").partition("#")[0].strip() for line in lines if line.startswith("$ ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_at_a_prompt_does_what_it_says(server, page):
    for command in commands(page):
        if command in BY_FRESH:
            continue
        program, *words = shlex.split(command)
        assert program == ".venv/bin/idp", command
        result = server.idp(*words, check=False)
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"


def test_the_app_of_the_tutorial_signs_a_person_in(server, tmp_path):
    text = (ROOT / "docs" / "tutorial" / "2-flask-app.md").read_text()
    source = re.search(r"(?ms)^```python\n(.*?)^```", text)[1].replace("http://localhost:8000", server.issuer)
    assert len([line for line in source.splitlines() if line.strip()]) <= 30
    (tmp_path / "app.py").write_text(source)
    port = free_port()
    words = next(line for line in commands(ROOT / "docs" / "tutorial" / "2-flask-app.md") if " client add " in line)
    printed = server.idp(*shlex.split(words.replace(":5000/", f":{port}/"))[1:]).stdout
    values = dict(re.findall(r"(client_id|client_secret)\W+([\w-]+)", printed))
    environment = {**os.environ, "CLIENT_ID": values["client_id"], "CLIENT_SECRET": values["client_secret"]}
    run = [sys.executable, "-m", "flask", "--app", "app", "run", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(run, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: is_open(port), seconds=30)
        assert greeting(server, f"http://127.0.0.1:{port}") == "Hello, Alice Baker", (tmp_path / "log").read_text()
    finally:
        process.terminate()
        process.wait(10)


def greeting(server, url):
    alice = credentials.load(server.folder / "var").find_person("alice")
    person = Person(server.issuer)
    try:
        person.get(url + "/login")
        person.submit("identifier", identifier=alice.email, password=alice.password)
        if person.path.startswith("/consent"):
            person.submit("decision", "allow")
        return person.text
    finally:
        person.close()


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
