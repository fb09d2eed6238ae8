"""Files of the trail and their signed manifests: whole, ours, and trusted after the key was retired in its time."""

import json

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from idp.audit import chain
from idp.audit import service as audit
from idp.audit.cli import audit as group
from idp.audit.models import Event
from idp.audit.reading import Wanted
from idp.audit.tags import Tag
from idp.audit_files import cli, service
from idp.audit_files.models import AuditFile
from idp.core.db import db, transaction
from idp.keyring import service as keyring

ALL = Wanted()


@pytest.fixture
def trail(context):
    for number in range(3):
        audit.record(Tag.ROLE_GRANTED, actor="system", number=number)
    while chain.seal_events():
        pass
    return context


def taken(form="jsonl", wanted=ALL):
    file_id, parts = service.begin(form, wanted, {"tag": "role.*"})
    return b"".join(parts), service.sign_manifest(file_id)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_manifest_tells_what_is_in_its_file(trail, form):
    body, manifest = taken(form, Wanted(tag="role.granted"))
    claims = service.verify([body[:10], body[10:]], manifest)
    assert claims["events"] == 3
    assert (claims["format"], claims["filters"]) == (form, {"tag": "role.*"})
    assert claims["last_event"] - claims["first_event"] == 2
    assert claims["chain"]["position"] == chain.head()[0]
    newest = audit.find_events(tag=Tag.AUDIT_EXPORTED.value, limit=1)[0]
    assert newest.detail["file"] == claims["jti"] == service.list_files()[0].id


def test_others_check_it_with_the_published_keys(trail, client):
    _body, manifest = taken()
    checked = jws.deserialize_compact(manifest, KeySet.import_key_set(client.get("/oauth/jwks").json))
    assert json.loads(checked.payload)["iss"] == "https://id.example.com"


def test_it_is_no_token_of_ours(trail):
    _body, manifest = taken()
    for types in ({"at+jwt"}, {"JWT"}, {"logout+jwt"}):
        with pytest.raises(keyring.InvalidToken):
            keyring.verify(manifest, types=types)


def test_another_file_another_signature_and_a_rewritten_chain_show(trail):
    body, manifest = taken()
    with pytest.raises(service.NotOurFile, match="was changed"):
        service.verify([body + b"\n"], manifest)
    token = keyring.sign({"iss": "https://id.example.com", "exp": 2**33}, typ="at+jwt")
    for text in (manifest[:-4] + "AAAA", token, "", "x.y.z", "{}", manifest.replace(".", "..")):
        with pytest.raises(service.NotOurFile, match="not signed by this server"):
            service.verify([body], text)
    with transaction():
        last = db.session.query(Event).filter(Event.position.is_not(None)).order_by(Event.position.desc()).first()
        last.hash = "0" * 64
    with pytest.raises(service.NotOurFile, match="rewritten"):
        service.verify([body], manifest)


def test_a_key_that_was_retired_in_its_time_vouches_and_one_that_leaked_does_not(trail, clock):
    body, manifest = taken()
    keyring.prepare_next()
    clock.advance(3600)
    keyring.promote()
    assert service.verify([body], manifest)
    clock.advance(400 * 86400)
    keyring.run_schedule()
    assert [row.state for row in keyring.list_keys()].count("retired") == 1
    assert service.verify([body], manifest)["events"] > 2
    _body, young = taken()
    keyring.rotate(emergency=True)
    with pytest.raises(service.NotOurFile, match="not trusted"):
        service.verify([_body], young)


def test_a_file_that_nobody_read_to_its_end_has_no_manifest(trail):
    file_id, parts = service.begin("jsonl", ALL, {})
    next(parts)
    parts.close()
    with pytest.raises(service.NotFound):
        service.sign_manifest(file_id)
    assert service.list_files() == []


def test_files_of_long_ago_are_forgotten(trail, clock):
    taken()
    clock.advance(366 * 86400)
    taken()
    assert service.sweep() == 1
    assert db.session.query(AuditFile).count() == 1


def test_the_command_line_writes_and_checks(app, command_line, tmp_path, arrange):
    arrange.run(audit.record, Tag.ROLE_GRANTED, actor="system")
    file, manifest = tmp_path / "audit.jsonl", tmp_path / "audit.jws"
    result = command_line.run(cli.export, "--event", "role.*", "--group", "roles", "--manifest", manifest)
    assert result.exit_code == 0, result.output
    file.write_bytes(result.stdout_bytes)
    told = command_line.json(cli.verify_export, file, manifest)
    assert told["intact"] is True
    assert told["filters"] == {"tag": "role.*", "groups": ["roles"]}
    assert "1 events" in command_line.run(cli.verify_export, file, manifest).stdout
    file.write_bytes(b"x")
    assert "was changed" in command_line.refused(cli.verify_export, file, manifest, code=1)
    assert group.commands
