"""The block that a development server prints."""

import pytest

from idp.operate.serving import first_run
from idp.operate.serving.first_run import Block, Person

PEOPLE = (
    Person("alice@example.com", "demo-alice-9417", "owner"),
    Person("carol@example.com", "demo-carol-7731", "no roles"),
)


def written(**changes):
    values = {
        "brand": "Acme ID", "issuer": "http://localhost:8000", "demo_url": "http://127.0.0.1:8001", "with_outbox": True,
        "first": True, "people": PEOPLE, "app_secret": "idps_demo_abcdefghijkl",
    }  # fmt: skip
    return list(first_run.lines(Block(**values | changes)))


@pytest.fixture(autouse=True)
def _with_idp_on_the_path(monkeypatch):
    monkeypatch.setattr("idp.operate.paint.shutil.which", lambda _name: "/usr/bin/idp")


def test_the_first_block_has_addresses_people_and_next_steps():
    text = "\n".join(written())
    for part in (
        "Acme ID is running in DEVELOPMENT mode  —  Ctrl-C to stop",
        "  Sign in            http://localhost:8000",
        "  Demo app           http://127.0.0.1:8001          ← start here",
        "  Admin console      http://localhost:8000/admin",
        "  Mail outbox        http://localhost:8000/dev/mail",
        "  Discovery          http://localhost:8000/.well-known/openid-configuration",
        "  People     alice@example.com   demo-alice-9417   owner",
        "             carol@example.com   demo-carol-7731   no roles",
        "idp try            one sign-in from this terminal, token checked",
    ):
        assert part in text
    assert len(written()) <= 25


def test_the_whole_secret_of_the_app_is_not_printed():
    assert "idps_demo_abcdefghijkl" not in "\n".join(written())


def test_a_second_block_is_shorter_and_has_no_passwords():
    again = written(first=False)
    assert len(again) < len(written())
    assert "demo-alice-9417" not in "\n".join(again)


def test_nothing_is_promised_that_is_not_there():
    text = "\n".join(written(demo_url=None, with_outbox=False, people=(), app_secret=""))
    assert "Demo app" not in text
    assert "Mail outbox" not in text
    assert "People" not in text


def test_no_colours_without_a_terminal():
    assert not [line for line in written() if "\x1b" in line]
