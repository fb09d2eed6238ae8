"""Keys of another provider: what is taken, what is refused, and what their tokens are worth here."""

import base64
import json
import logging

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from idp.audit.models import Event
from idp.core.clock import timestamp
from idp.core.db import db, is_writing
from idp.core.errors import Conflict, DomainError
from idp.keyring import importing
from idp.keyring import service as keyring
from idp.keyring.cli import key as key_command
from idp.keyring.errors import LockedKey
from idp.keyring.models import State
from idp.oauth.oversight import inspection
from tests.actors import Browser
from tests.api.conftest import Callers

ISSUER = "https://id.example.com"
DAY = 86400


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def pem(key, form=PrivateFormat.PKCS8, password=None):
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, locked)


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def elsewhere(key, kid, alg="RS256", **claims):
    """A token as the other provider signs it, in our name."""
    ours = (RSAKey if alg[1] == "S" and alg[0] == "R" else ECKey).import_key(pem(key))
    header = {"alg": alg, "kid": kid, "typ": "at+jwt"}
    moment = timestamp()
    claims = {"iss": ISSUER, "exp": moment + 600, "iat": moment, **claims}
    return jwt.encode(header, {name: value for name, value in claims.items() if value is not None}, ours)


def why_refused(token):
    with pytest.raises(keyring.InvalidToken) as refused:
        keyring.verify(token, types={"at+jwt"})
    return str(refused.value)


def published():
    return {jwk["kid"]: jwk for jwk in keyring.published()}


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("password", [None, "correct horse"])
@pytest.mark.parametrize(("make", "alg"), [
    (lambda: rsa.generate_private_key(65537, 2048), "RS256"),
    (lambda: ec.generate_private_key(ec.SECP256R1()), "ES256"),
    (lambda: ec.generate_private_key(ec.SECP384R1()), "ES384"),
])  # fmt: skip
def test_a_key_is_read_in_every_usual_form(context, form, password, make, alg):
    row = keyring.import_key(pem(make(), form, password), password=password)
    assert (row.alg, row.state, row.kid) == (alg, State.NEXT, ECKey.thumbprint(keyring_pair(row)))
    assert row.kid in published()
    assert "d" not in published()[row.kid]


def keyring_pair(row):
    from idp.keyring.pairs import _parse

    return _parse(row.public_jwk)


def test_a_key_with_its_parameters_before_it_and_one_of_edwards_are_read(context):
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    first = keyring.import_key(
        parameters + pem(ec.generate_private_key(ec.SECP256R1()), PrivateFormat.TraditionalOpenSSL)
    )
    assert first.alg == "ES256"
    assert keyring.import_key(pem(ed25519.Ed25519PrivateKey.generate())).alg == "EdDSA"
    other = keyring.import_key(pem(ed25519.Ed25519PrivateKey.generate()), alg="Ed25519", kid="old:key.1")
    assert (other.alg, other.kid) == ("Ed25519", "old:key.1")


@pytest.mark.parametrize(("sent", "given", "field"), [
    (b"", {}, "pem"),
    (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", {}, "pem"),
    (lambda: pem(rsa.generate_private_key(65537, 1024)), {}, "pem"),
    (lambda: pem(rsa.generate_private_key(3, 2048)), {}, "pem"),
    (lambda: pem(ec.generate_private_key(ec.SECP521R1())), {}, "pem"),
    (lambda: pem(ec.generate_private_key(ec.SECP256K1())), {}, "pem"),
    (lambda: public_pem(ec.generate_private_key(ec.SECP256R1())), {}, "pem"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1())), {"alg": "RS256"}, "alg"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1())), {"alg": "HS256"}, "alg"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1())), {"kid": "../keys"}, "kid"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1())), {"kid": "-x"}, "kid"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1())), {"kid": "x" * 65}, "kid"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1())), {"verify_only": True, "days": 401}, "days"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1()), password="right"), {"password": "wrong"}, "password"),
    (lambda: pem(ec.generate_private_key(ec.SECP256R1()), password="right"), {}, "password"),
], ids=lambda value: str(value)[:20])  # fmt: skip
def test_what_is_unfit_is_refused_beside_its_field(context, sent, given, field):
    before = keyring.published()
    with pytest.raises(DomainError) as refused:
        keyring.import_key(sent() if callable(sent) else sent, **given)
    assert refused.value.field == field
    assert keyring.published() == before


def locked(parameters):
    """An encrypted key that says of itself how its password is to be hashed; nobody gets as far as to open it."""
    pbes2, aes = bytes.fromhex("2a864886f70d01050d"), der(0x06, bytes.fromhex("60864801650304012a")) + der(4, b"i" * 16)
    how = der(0x30, der(0x06, pbes2) + der(0x30, der(0x30, parameters) + der(0x30, aes)))
    text = base64.encodebytes(der(0x30, how + der(4, b"x" * 64)))
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + text + b"-----END ENCRYPTED PRIVATE KEY-----\n"


def der(kind, body):
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([kind]) + size + body


def number(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pbkdf2(rounds):
    return der(0x06, bytes.fromhex("2a864886f70d01050c")) + der(0x30, der(4, b"saltsalt") + number(rounds))


def scrypt(*numbers):
    parameters = der(4, b"saltsalt") + b"".join(number(value) for value in numbers)
    return der(0x06, bytes.fromhex("2b06010401da47040b")) + der(0x30, parameters)


@pytest.mark.parametrize("parameters", [
    pbkdf2(1_000_001), pbkdf2(2**31 - 1), scrypt(2**18, 1, 1), scrypt(2**14, 2**20, 1), scrypt(2**14, 8, 9), scrypt(2**14),
])  # fmt: skip
def test_a_password_that_costs_much_to_try_is_not_tried(context, monkeypatch, parameters):
    monkeypatch.setattr(importing, "load_pem_private_key", lambda *_values: pytest.fail("it was tried"))
    with pytest.raises(DomainError, match="would take too long"):
        keyring.import_key(locked(parameters), password="x")


@pytest.mark.parametrize("parameters", [pbkdf2(1_000_000), scrypt(2**14, 8, 1), scrypt(2**17, 8, 1, 32)])
def test_what_careful_programs_write_is_tried(context, monkeypatch, parameters):
    tried = []

    def fail(*values):
        tried.append(values)
        raise ValueError

    monkeypatch.setattr(importing, "load_pem_private_key", fail)
    with pytest.raises(DomainError, match="does not open"):
        keyring.import_key(locked(parameters), password="x")
    assert tried


def test_one_key_is_not_hidden_in_another(context, rsa_key):
    inner = locked(pbkdf2(2**31 - 1))
    both = b"-----BEGIN EC PRIVATE KEY-----\n" + inner + b"-----END EC PRIVATE KEY-----\n"
    for sent in (
        both,
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nProc-Type: 4\n\nAA==\n-----END ENCRYPTED PRIVATE KEY-----",
    ):
        with pytest.raises(DomainError, match="no key in PEM"):
            keyring.import_key(sent, password="x")


@pytest.mark.parametrize(
    "body", [b"", b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x02\x30\x05", b"\x02\x01\x01", b"\x30\x00"]
)
def test_a_torn_or_bottomless_lock_is_no_key(context, body):
    text = (
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + base64.b64encode(body) + b"\n-----END ENCRYPTED PRIVATE KEY-----"
    )
    with pytest.raises(DomainError, match="no key in PEM"):
        keyring.import_key(text, password="x")


def test_the_api_reads_a_key_before_its_transaction_begins(app, factory, arrange, context, rsa_key, monkeypatch):
    """On SQLite everybody who signs in would wait for it."""
    waiting, load = [], importing.load_pem_private_key

    def look(*values):
        waiting.append((is_writing(), db.engine.pool.checkedout()))
        return load(*values)

    owner = Callers(app, factory, arrange).owner()
    db.session.remove()
    monkeypatch.setattr(importing, "load_pem_private_key", look)
    assert owner.post("/keys/import", {"pem": pem(rsa_key).decode()}).status_code == 201
    assert waiting == [(False, 0)]


def test_a_key_that_is_known_is_refused_under_any_id_and_so_is_a_second_next_one(context, rsa_key):
    row = keyring.import_key(pem(rsa_key), kid="first")
    for kid, verify_only in ((None, False), ("second", False), ("second", True), ("first", True)):
        with pytest.raises(Conflict):
            keyring.import_key(pem(rsa_key), kid=kid, verify_only=verify_only)
    with pytest.raises(Conflict):
        keyring.import_key(pem(rsa.generate_private_key(65537, 2048)))
    with pytest.raises(Conflict):
        keyring.import_key(
            public_pem(ec.generate_private_key(ec.SECP256R1())), kid=keyring.active_kid(), verify_only=True
        )
    keyring.retire(row.kid)
    with pytest.raises(Conflict):
        keyring.import_key(pem(rsa_key), kid="third", verify_only=True)


def test_one_that_only_verifies_is_published_without_its_private_half_and_believed_by_nobody_here(
    context, rsa_key, clock
):
    row = keyring.import_key(pem(rsa_key), kid="old", verify_only=True, days=3)
    assert (row.state, row.private_sealed, keyring.tokens_since(row)) == (State.VERIFY_ONLY, None, None)
    token = elsewhere(rsa_key, "old", jti="of-elsewhere")
    assert jwt.decode(token, RSAKey.import_key(published()["old"])).claims["jti"] == "of-elsewhere"
    assert why_refused(token) == "key of elsewhere"
    assert "has signed nothing here" in str(inspection.inspect(token).reason)
    clock.advance(3 * DAY + 1)
    assert keyring.run_schedule() == ["retired old"]
    with pytest.raises(keyring.InvalidToken):
        keyring.verify_lasting(token, types={"at+jwt"})


def test_one_that_signs_next_is_believed_from_then_on_and_not_for_what_it_signed_before(context, rsa_key, clock):
    keyring.import_key(pem(rsa_key), kid="old")
    before = elsewhere(rsa_key, "old")
    assert why_refused(before) == "key of elsewhere"
    with pytest.raises(Conflict):
        keyring.promote()
    clock.advance(3600)
    late = elsewhere(rsa_key, "old")
    clock.advance(120)
    assert keyring.promote().kid == "old" == keyring.active_kid()
    assert why_refused(late) == "not from here"
    assert "older than the time" in str(inspection.inspect(late).reason)
    assert why_refused(elsewhere(rsa_key, "old", iat=None)) == "iat"
    moment = timestamp()
    ours = keyring.sign({"iss": ISSUER, "iat": moment, "exp": moment + 60}, typ="at+jwt")
    assert keyring.verify(ours, types={"at+jwt"})["iat"] == moment


def test_the_access_token_of_elsewhere_opens_nothing(client, factory, context, rsa_key):
    """Of a machine nothing is stored, so that only the key tells ours from others."""
    robot, _secret = factory.client_with_secret(
        "Robot", type="machine", redirect_uris=[], post_logout_redirect_uris=[], scopes=[]
    )
    keyring.import_key(pem(rsa_key), kid="old", verify_only=True)
    token = elsewhere(rsa_key, "old", client_id=robot, sub=robot, aud=ISSUER, jti="x" * 22, scope="openid")
    answer = client.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_one_event_names_id_and_algorithm_and_nothing_says_more(context, rsa_key, caplog):
    caplog.set_level(logging.DEBUG)
    text = pem(rsa_key, password="correct horse")
    keyring.import_key(text, password="correct horse", kid="old")
    with pytest.raises(DomainError):
        keyring.import_key(text, password="wrong mule", kid="old")
    (event,) = db.session.query(Event).filter(Event.tag.like("key.%")).all()
    assert (event.tag, event.subject, event.detail) == ("key.imported", "key:old", {"alg": "RS256"})
    lines = [line for line in text.decode().splitlines() if "-----" not in line]
    assert not any(secret in caplog.text for secret in ["correct horse", "wrong mule", *lines])


def test_the_command_reads_a_file_and_a_password_file(command_line, context, tmp_path, rsa_key):
    file, secret = tmp_path / "old.pem", tmp_path / "secret"
    file.write_bytes(pem(rsa_key, password="correct horse"))
    assert "--password-file" in command_line.refused(key_command, "import", file, code=2)
    secret.write_text("wrong\n")
    command_line.refused(key_command, "import", file, "--password-file", secret, code=1)
    secret.write_text("correct horse\n")
    told = command_line.json(key_command, "import", file, "--password-file", secret, "--kid", "old")
    assert (told["kid"], told["state"], told["tokens_since"]) == ("old", "next", None)
    command_line.refused(key_command, "import", file, "--password-file", secret, code=4)
    command_line.refused(key_command, "import", tmp_path / "nothing", code=2)
    other = public_pem(ec.generate_private_key(ec.SECP256R1())).decode()
    told = command_line.json(key_command, "import", "-", "--verify-only", "--days", "5", stdin=other)
    assert (told["state"], told["tokens_since"]) == ("verify_only", None)
    assert "PRIVATE" not in json.dumps(told)


def test_the_command_asks_for_a_password_on_a_terminal(command_line, context, tmp_path, monkeypatch):
    file = tmp_path / "old.pem"
    file.write_bytes(pem(ec.generate_private_key(ec.SECP256R1()), password="correct horse"))
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True, raising=False)
    result = command_line.run(key_command, "import", file, stdin="correct horse\n")
    assert result.exit_code == 0, result.output
    assert "correct horse" not in result.output


def test_a_locked_key_says_so(context):
    with pytest.raises(LockedKey):
        keyring.import_key(pem(ec.generate_private_key(ec.SECP256R1()), password="x"))


def test_the_console_takes_a_file_and_shows_it_to_nobody_again(app, factory, context, rsa_key):
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    browser.get("/admin/keys/import")
    text = pem(rsa_key, password="correct horse").decode()
    browser.submit("pem", pem=text, password="wrong mule", purpose="verify_only")
    assert browser.status == 422
    assert "does not open the key" in browser.text
    assert "wrong mule" not in browser.text
    assert text.splitlines()[2] not in browser.text
    browser.submit("pem", pem=text, password="correct horse", purpose="verify_only", kid="old", days="9999")
    assert "1 to 400 days" in browser.text
    browser.submit("pem", pem=text, password="correct horse", purpose="verify_only", kid="old", days="10")
    assert "The key old is published." in browser.text
    assert "signed elsewhere" in browser.text
    assert keyring.get_key("old").state == State.VERIFY_ONLY


def test_the_api_takes_a_key_and_answers_without_it(app, factory, arrange, context, rsa_key):
    owner = Callers(app, factory, arrange).owner()
    made = owner.post("/keys/import", {"pem": pem(rsa_key).decode(), "kid": "old"})
    assert (made.status_code, made.json["state"], made.json["tokens_until"]) == (201, "next", None)
    assert "PRIVATE" not in made.get_data(as_text=True)
    again = owner.post("/keys/import", {"pem": pem(rsa_key).decode()})
    assert again.status_code == 409
    refused = owner.post("/keys/import", {"pem": "secret" * 4000, "password": ["secret"]})
    assert refused.status_code == 422
    assert "secretsecret" not in refused.get_data(as_text=True)
    listed = {row["kid"]: row for row in owner.get("/keys").json["items"]}
    assert listed[keyring.active_kid()]["tokens_since"]
    assert listed["old"]["tokens_since"] is None
