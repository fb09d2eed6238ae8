"""The keys in the console: one time line, a warning before a young key signs, public halves as files."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from idp.core.db import db
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey
from tests.actors import Browser
from tests.admin.house import post

OWNER = "owner@example.com"


@pytest.fixture
def operator(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def test_a_key_goes_along_the_time_line(operator, app, clock):
    operator.get("/admin/keys")
    assert "A key signs for 90 days" in operator.text
    assert operator.text.index('id="state-next"') < operator.text.index('id="state-active"')
    assert '"keys": [' in operator.text.replace("&#34;", '"')
    assert "kek-0001.key" in operator.text
    assert "1 secret is sealed with it." in operator.text
    operator.press("/admin/keys/next")
    operator.get("/admin/keys/promote")
    assert "less than a day" in operator.text
    assert post(operator, "/admin/keys/promote", {}).status_code == 409
    clock.advance(3 * 3600)
    operator.sign_in(OWNER)
    operator.get("/admin/keys/promote")
    assert "was published 3 hours ago, which is less than a day" in operator.text
    clock.advance(25 * 3600)
    operator.sign_in(OWNER)
    operator.get("/admin/keys/promote?alg=RS256")
    assert "less than a day" not in operator.text
    assert post(operator, "/admin/keys/promote", {"alg": "RS256"}).status_code == 303
    with app.app_context():
        assert sorted(row.state for row in keyring.list_keys()) == ["active", "verify_only"]


def test_the_emergency_of_one_algorithm_is_that_of_all(operator, app, arrange):
    arrange.run(keyring.prepare_next, "ES256")
    arrange.run(keyring.promote, "ES256", force=True)
    with app.app_context():
        kid, other = keyring.active_kid("ES256"), keyring.active_kid()
    operator.get("/admin/keys/emergency?alg=ES256")
    operator.submit("typed", typed=kid)
    with app.app_context():
        assert keyring.active_kid("ES256") != kid
        assert keyring.active_kid() != other


def test_a_key_that_only_verifies_is_retired_when_its_name_is_typed(operator, app, arrange):
    with app.app_context():
        old = keyring.active_kid()
    arrange.run(keyring.prepare_next)
    operator.get("/admin/keys")
    assert "/retire" not in operator.text
    arrange.run(keyring.promote, force=True)
    operator.get("/admin/keys")
    assert f'href="/admin/keys/{old}/retire"' in operator.text
    operator.get(f"/admin/keys/{old}/retire")
    assert "may be good for a while yet" in operator.text
    operator.submit("typed", typed="something else")
    assert operator.status == 409
    operator.get(f"/admin/keys/{old}/retire")
    operator.submit("typed", typed=old)
    assert "The key was retired" in operator.text
    with app.app_context():
        assert keyring.get_key(old).state == "retired"
        active = keyring.active_kid()
    for kid in (old, active, "nothing"):
        operator.get(f"/admin/keys/{kid}/retire")
        assert operator.status == 404


def test_the_public_half_is_a_file_and_an_edited_row_is_none(operator, app):
    with app.app_context():
        kid = keyring.active_kid()
    operator.get(f"/admin/keys/{kid}/public")
    assert load_pem_public_key(operator.text.encode()).key_size == 2048
    assert operator.response.headers["Content-Disposition"] == f'attachment; filename="{kid}.pem"'
    operator.get(f"/admin/keys/{kid}/public?format=jwk")
    assert json.loads(operator.text)["kid"] == kid
    assert "d" not in json.loads(operator.text)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(SigningKey.__table__.update().values(public_mark="x"))
    for wanted in (kid, "nothing"):
        operator.get(f"/admin/keys/{wanted}/public")
        assert operator.status == 404


def test_of_an_imported_key_it_is_not_said_that_it_signed_here(operator, arrange):
    pem = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = pem.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert said_of_verify_only(operator) == (True, False)
    arrange.run(keyring.import_key, pem, kid="old", verify_only=True)
    assert said_of_verify_only(operator) == (False, True)
    arrange.run(keyring.prepare_next)
    arrange.run(keyring.promote, force=True)
    assert said_of_verify_only(operator) == (True, True)


def said_of_verify_only(operator):
    operator.get("/admin/keys")
    return "It signs no more" in operator.text, "An imported key never signed here" in operator.text
