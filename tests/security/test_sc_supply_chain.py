"""Rows SC: what we are built from, and what we promise about security."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
FLOORS = {"authlib": (1, 9, 9), "joserfc": (1, 8, 0), "flask": (3, 1, 1), "werkzeug": (3, 1, 4)}


def pins(lock):
    return dict(re.findall(r"(?m)^([a-z0-9][\w.-]*)==([\w.]+)", lock.read_text()))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_sc01_every_pin_has_hashes_and_no_index_is_named(lock):
    text = lock.read_text()
    entries = re.split(r"(?m)^(?=\S)", text)
    assert not [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert len(pins(lock)) > 40
    assert not re.search(r"://|--index|--find|--extra|file:|^/", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_sc01_no_version_with_a_known_hole_is_locked(lock):
    found = pins(lock)
    for name, floor in FLOORS.items():
        assert tuple(map(int, found[name].split(".")[:3])) >= floor, name


def test_sc01_every_dependency_is_bounded_and_locked():
    text = (ROOT / "pyproject.toml").read_text()
    wanted = re.search(r"(?s)^dependencies = \[(.*?)^\]", text, re.MULTILINE)[1]
    rows = re.findall(r'"([\w-]+)(?:\[\w+\])?([^"]*)"', wanted)
    locked = pins(LOCKS[0])
    assert not [name for name, _bounds in rows if name not in locked]
    without_bound = {name for name, bounds in rows if "<" not in bounds}
    # These two count their versions by the calendar, and hold data.
    assert without_bound <= {"tzdata", "ua-parser-builtins"}


def test_sc05_the_threat_model_names_tests_that_are_there():
    text = (ROOT / "SECURITY.md").read_text()
    sources = "\n".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))
    for attacker in ("A1 ", "A2 ", "A3a ", "A3b ", "A5 "):
        assert f"| {attacker}" in text
    families = set(re.findall(r"\b([A-Z]{2})-(?:\d\d)?", text)) - {"SP"}
    assert len(families) >= 8
    assert not [family for family in families if not re.search(rf"def test_{family.lower()}\d\d", sources)]


def test_sc05_every_way_to_become_somebody_is_listed():
    text = (ROOT / "SECURITY.md").read_text()
    ways = ("/login", "/reauth", "reset link", "confirmation link", "invitation", "session cookie", "authorization code",
            "refresh token", "client secret", "command line")  # fmt: skip
    assert not [way for way in ways if way not in text]
