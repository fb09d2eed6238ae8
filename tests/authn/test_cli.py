"""`idp user mfa`: look at somebody's second factors, and help who has lost them."""

from idp.accounts.models import User
from idp.authn.cli import mfa
from idp.core.db import db
from tests.actors import Browser

ALICE = "alice@example.com"


def test_list_tells_what_there_is_and_no_secret(command_line, factory):
    alice = factory.user(ALICE)
    assert command_line.json(mfa, "list", ALICE)["authenticator"] is None
    seed = factory.totp(alice)
    factory.recovery_codes(alice)
    data = command_line.json(mfa, "list", ALICE)
    assert (data["authenticator"]["name"], data["recovery_codes_left"]) == ("Phone", 10)
    assert seed not in str(data)
    assert "10 left" in command_line.run(mfa, "list", ALICE).stdout


def test_reset_takes_all_of_it_ends_the_sessions_and_tells_the_owner(app, command_line, factory, mailbox):
    alice = factory.user(ALICE)
    seed = factory.totp(alice)
    browser = Browser(app)
    browser.sign_in(ALICE)
    browser.submit("code", code=factory.code(seed))
    data = command_line.json(mfa, "reset", ALICE, "--yes", "--reason", "lost the phone")
    assert (data["authenticator"], data["recovery_codes_left"], data["second_step_since"]) == (None, 0, None)
    browser.get("/account")
    assert browser.path == "/login"
    browser.sign_in(ALICE)
    assert browser.path == "/account"
    assert any(mail["subject"] == "A second step was removed" for mail in mailbox(ALICE).mails)


def test_add_totp_prints_a_seed_that_works(app, command_line, factory):
    alice = factory.user(ALICE)
    data = command_line.json(mfa, "add-totp", ALICE)
    assert data["uri"].startswith("otpauth://totp/Acme%20ID:alice@example.com?secret=")
    with app.app_context():
        assert db.session.get(User, alice).has_second_step
    browser = Browser(app)
    browser.sign_in(ALICE)
    browser.submit("code", code=factory.code(data["seed"]))
    assert browser.path == "/account"


def test_add_totp_prints_no_seed_in_production(make_app, factory):
    from tests.commands import CommandLine

    factory.user(ALICE)
    house = make_app(mode="production", mail={"url": "smtp://localhost:25"})
    assert "development mode only" in CommandLine(house).refused(mfa, "add-totp", ALICE, code=5)
