"""A test mail sent at once shows the conversation with the mail server, without what is secret, and what to change."""

import base64
import json
import socket
import ssl
import threading
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idp.audit.models import Event
from idp.core.clock import now
from idp.core.db import db
from idp.mail import dialogue
from idp.mail import smtp as smtp_client
from idp.operate.config_cli import config
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Callers
from tests.commands import CommandLine
from tests.mail.sink import SmtpServer
from tests.services import free_port

OWNER = "owner@example.com"
PASSWORD, USERNAME = "hunter2-of-the-mail-server", "mailer-of-the-house"
TRY = "/admin/settings/mail/try"


def url_with_password(port, password=PASSWORD):
    return f"smtp://{USERNAME}:{password}@127.0.0.1:{port}"


def encodings(secret):
    """The secret as it is, and in base64 at each of the three places it can stand."""
    plain = secret.encode()
    return {secret} | {base64.b64encode(b"x" * n + plain).decode()[4:-4] for n in range(3)}


@pytest.fixture
def operator(factory):
    factory.user(OWNER, roles=("owner",))

    def sign_in(app):
        browser = Browser(app)
        browser.sign_in(OWNER)
        return browser

    return sign_in


def tell(app):
    """What the command says of an attempt, and how it ended."""
    result = CommandLine(app).run(config, "test-mail", OWNER, "--now", "--json")
    return json.loads(result.stdout), result


def events(app):
    with app.app_context():
        return db.session.query(Event).filter(Event.tag == "mail.tested").order_by(Event.id).all()


def authenticator(sink):
    def check(_server, _session, _envelope, mechanism, data):
        if sink.mode == "echo":
            echo = f"535 5.7.8 no: {data.login.decode()} {data.password.decode()} {base64.b64encode(data.password).decode()}"
            return AuthResult(success=False, handled=False, message=echo)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    return check


@pytest.fixture
def strict():
    """A mail server that wants user and password."""
    server = SmtpServer()

    def begin(**values):
        server.start(authenticator=authenticator(server.sink), auth_require_tls=False, **values)
        return server

    yield begin
    server.stop()


def certificate(folder, host):
    """A certificate that signs itself; return the path of it with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{host}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


def test_the_page_shows_every_line_and_the_mail_arrives(make_app, smtp, operator):
    app = make_app(mail={"url": smtp.url})
    page = post(operator(app), TRY, {})
    assert page.status_code == 200
    ((recipients, mail),) = smtp.sink.mails
    assert recipients == [OWNER]
    assert mail["Subject"] == "Mail works"
    for words in ("220 ", "ehlo id.example.com", "250 HELP", "mail FROM:&lt;no-reply@id.example.com&gt;",
                  f"rcpt TO:&lt;{OWNER}&gt;", "250 taken", "quit", "The mail server took the mail"):  # fmt: skip
        assert words in page.text, words
    (event,) = events(app)
    assert (event.detail["at_once"], event.detail["outcome"]) == (True, "sent")


def test_a_program_asks_with_the_key_of_a_person(make_app, smtp, factory, arrange):
    app = make_app(mail={"url": smtp.url})
    api = Callers(app, factory, arrange).owner()
    told = api.post("/settings/mail/try").json
    assert (told["sent"], told["to"], told["outcome"]) == (True, OWNER, "sent")
    assert [line["by"] for line in told["lines"]][:2] == ["server", "us"]
    assert told["lines"][0]["text"].startswith("220 ")
    assert all(line["milliseconds"] >= 0 for line in told["lines"])
    assert len(smtp.sink.mails) == len(events(app)) == 1
    refused = api.post("/settings/mail/try", headers={"Idempotency-Key": "once"})
    assert refused.status_code == 400
    assert len(smtp.sink.mails) == 1


@pytest.mark.parametrize("mode", ["accept", "echo"])
def test_no_password_is_on_the_page_in_the_event_or_in_the_log(make_app, strict, operator, caplog, mode):
    server = strict()
    server.sink.mode = mode
    password = PASSWORD if mode == "accept" else "wrong-" + PASSWORD
    app = make_app(mail={"url": url_with_password(server.port, password)})
    page = post(operator(app), TRY, {})
    result = CommandLine(app).run(config, "test-mail", OWNER, "--now")
    told = " ".join([page.text, result.output, caplog.text, *(json.dumps(event.detail) for event in events(app))])
    assert "AUTH " in page.text
    for secret in (PASSWORD, USERNAME):
        assert not [each for each in encodings(secret) if each in told]
    assert base64.b64encode(f"\0{USERNAME}\0{password}".encode()).decode() not in told
    assert ("The mail server took the mail" in page.text) is (mode == "accept")
    assert ("535" in page.text) is (mode == "echo")
    assert len(events(app)) == 2


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_each_way_to_sign_in_is_masked_in_both_directions(make_app, strict, operator, mechanism):
    server = strict(auth_exclude_mechanism=({"PLAIN", "LOGIN"} - {mechanism}))
    app = make_app(mail={"url": url_with_password(server.port)})
    operator(app)
    data, _result = tell(app)
    assert data["sent"], data
    lines = [line["text"] for line in data["lines"]]
    assert f"AUTH {mechanism} •••" in lines
    assert any(line.startswith("235") for line in lines)
    if mechanism == "LOGIN":
        assert "334 •••" in lines
        assert "•••" in lines


def test_a_refused_password_says_what_to_change(make_app, strict, operator):
    server = strict()
    app = make_app(mail={"url": url_with_password(server.port, "wrong-password")})
    page = post(operator(app), TRY, {})
    assert "refused user name or password" in page.text
    assert "%40" in page.text
    assert events(app)[0].detail["outcome"] == "authentication"
    assert server.sink.mails == []


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [("550 sender", "sender"), ("550 rcpt", "recipient"), ("550", "mail"), ("close after data", "broke_off")],
)
def test_what_the_server_refuses_is_named(make_app, smtp, operator, mode, outcome):
    smtp.sink.mode = mode
    app = make_app(mail={"url": smtp.url})
    operator(app)
    data, result = tell(app)
    assert (data["outcome"], data["sent"]) == (outcome, False)
    assert result.exit_code == 1
    assert events(app)[0].detail["outcome"] == outcome


def test_a_server_that_hangs_is_not_waited_for(make_app, smtp, operator, monkeypatch):
    monkeypatch.setattr(dialogue, "ANSWER_TIMEOUT", 0.3)
    smtp.sink.mode = "hang"
    app = make_app(mail={"url": smtp.url})
    operator(app)
    assert tell(app)[0]["outcome"] == "timeout"


def test_many_slow_answers_are_too_slow_together(make_app, smtp, operator, monkeypatch):
    monkeypatch.setattr(dialogue, "LONGEST", 0)
    app = make_app(mail={"url": smtp.url})
    operator(app)
    assert tell(app)[0]["outcome"] == "timeout"
    assert smtp.sink.mails == []


def test_nothing_at_the_port_is_named(make_app, operator):
    app = make_app(mail={"url": f"smtp://127.0.0.1:{free_port()}"})
    operator(app)
    assert tell(app)[0]["outcome"] == "connection_refused"


def test_a_name_that_is_not_found_is_named(make_app, operator, monkeypatch):
    def nowhere(*_args, **_values):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    app = make_app(mail={"url": "smtp://mail.example.invalid"})
    operator(app)
    data, _result = tell(app)
    assert data["outcome"] == "name"
    assert "Name or service not known" in data["lines"][-1]["text"]


def test_a_certificate_that_nobody_vouches_for_is_named(make_app, strict, operator, tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(tmp_path, "localhost"))
    server = strict(tls_context=context)
    app = make_app(mail={"url": url_with_password(server.port)})
    operator(app)
    data, _result = tell(app)
    assert data["outcome"] == "certificate"
    assert "STARTTLS" in [line["text"] for line in data["lines"]]
    assert not any("AUTH" in line["text"] for line in data["lines"] if line["by"] == "us")


def test_what_is_encrypted_is_told(make_app, strict, operator, tmp_path, monkeypatch):
    path = certificate(tmp_path, "localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    server = strict(tls_context=context)
    trusting = ssl.create_default_context()
    trusting.load_verify_locations(path)
    monkeypatch.setattr(smtp_client.ssl, "create_default_context", lambda: trusting)
    app = make_app(mail={"url": url_with_password(server.port).replace("127.0.0.1", "localhost")})
    operator(app)
    data, _result = tell(app)
    assert data["sent"], data
    assert any(line["text"].startswith("encrypted with TLSv1") for line in data["lines"] if line["by"] == "note")


def test_a_port_that_speaks_no_tls_is_named(make_app, smtp, operator):
    app = make_app(mail={"url": smtp.url.replace("smtp:", "smtps:")})
    operator(app)
    assert tell(app)[0]["outcome"] == "tls"


def test_words_of_a_server_are_shown_as_text(make_app, operator):
    """A line of a server reaches neither the page as HTML nor a terminal as commands."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            for _each in range(2):
                connection, _peer = listening.accept()
                with connection:
                    connection.sendall(b"554 <script>\x1b[2J</script>\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        app = make_app(mail={"url": f"smtp://127.0.0.1:{listening.getsockname()[1]}"})
        page = post(operator(app), TRY, {})
        data, result = tell(app)
        thread.join(5)
    assert "<script>\x1b" not in page.text
    assert "554 &lt;script&gt;" in page.text
    assert data["outcome"] == "greeting"
    assert "\x1b" not in result.output


def test_without_a_mail_server_that_is_said(app, operator):
    page = post(operator(app), TRY, {})
    assert "No mail server is set" in page.text
    assert events(app)[0].detail["outcome"] == "no_server"


def test_it_is_tried_ten_times_in_ten_minutes(app, operator, clock):
    browser = operator(app)
    for _number in range(10):
        assert post(browser, TRY, {}).status_code == 200
    assert post(browser, TRY, {}).status_code == 429
    assert len(events(app)) == 10
    clock.advance(601)
    assert post(browser, TRY, {}).status_code == 200
