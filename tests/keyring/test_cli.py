"""`idp key`: what it prints, what it refuses, and that it never prints a private key."""

import json

from idp.audit.service import find_events
from idp.keyring import service as keyring
from idp.keyring.cli import key

NOT_FOUND, CONFLICT, USAGE = 3, 4, 2


def test_list_shows_the_keys_and_no_private_part(command_line):
    (row,) = command_line.json(key, "list")
    assert (row["alg"], row["state"]) == ("RS256", "active")
    text = command_line.run(key, "list").stdout
    assert row["kid"] in text
    assert not {"d", "p", "q", "k"} & row["public_jwk"].keys()


def test_next_promote_and_retire(command_line, context):
    made = command_line.json(key, "next")
    assert made["state"] == "next"
    assert made["signs_from"]
    command_line.refused(key, "next", code=CONFLICT)
    command_line.refused(key, "promote", code=CONFLICT)
    assert command_line.json(key, "promote", "--force")["state"] == "active"
    old = next(row["kid"] for row in command_line.json(key, "list") if row["state"] == "verify_only")
    command_line.refused(key, "retire", old, code=CONFLICT)
    assert command_line.json(key, "retire", old, "--at-once", "--yes")["state"] == "retired"
    assert len(command_line.json(key, "list")) == 1
    assert len(command_line.json(key, "list", "--all")) == 2


def test_a_key_published_today_signs_only_when_asked_twice(command_line, context, clock):
    command_line.json(key, "next")
    clock.advance(2 * 3600)
    result = command_line.run(key, "promote", stdin="n\n")
    assert result.exit_code == 1
    assert "published 2 hours ago" in result.stderr
    assert [row["state"] for row in command_line.json(key, "list")] == ["next", "active"]
    assert command_line.json(key, "promote", "--yes")["state"] == "active"
    command_line.json(key, "next")
    clock.advance(25 * 3600)
    result = command_line.run(key, "promote")
    assert (result.exit_code, result.stderr) == (0, "")


def test_rotate_tells_when_the_key_will_sign(command_line):
    result = command_line.run(key, "rotate")
    assert result.exit_code == 0
    assert "lets it sign from" in result.stdout


def test_emergency_leaves_one_key(command_line, context):
    before = keyring.active_kid()
    made = command_line.json(key, "rotate", "--emergency", "--yes")
    assert made["state"] == "active"
    assert [row["kid"] for row in command_line.json(key, "list")] == [made["kid"]]
    assert made["kid"] != before


def test_other_algorithms_can_be_added(command_line):
    assert command_line.json(key, "next", "--alg", "ES256")["public_jwk"]["crv"] == "P-256"
    assert "Invalid value" in command_line.refused(key, "next", "--alg", "HS256", code=USAGE)


def test_unknown_keys_are_not_found(command_line):
    command_line.refused(key, "retire", "nothing", code=NOT_FOUND)


def test_deeds_are_recorded_with_the_person_at_the_keyboard(command_line, context):
    command_line.json(key, "next")
    (event,) = find_events(tag="key.created", limit=1)
    assert event.actor.startswith("cli:")
    assert "PRIVATE" not in json.dumps(event.detail)


def test_the_public_half_is_exported_and_nothing_else(command_line, context):
    kid = keyring.active_kid()
    pem = command_line.run(key, "export", "--public", kid).stdout
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")
    assert not {"d", "p", "q"} & command_line.json(key, "export", "--public", kid).keys()
    command_line.refused(key, "export", kid, code=USAGE)
    command_line.refused(key, "export", "--public", "nothing", code=NOT_FOUND)
