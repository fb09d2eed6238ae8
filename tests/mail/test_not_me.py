"""«This wasn't me»: every mail about the safety of an account carries it or undoes what it tells, and it works."""

from datetime import timedelta

import pytest

from idp.accounts.email import links
from idp.accounts.email import mails as account_mails
from idp.accounts.lifecycle.states import BY_OWNER
from idp.accounts.models import User
from idp.authn import mails as sign_in_mails
from idp.core.db import db, transaction
from idp.gallery.mails import MAILS
from tests.actors import Browser

ALICE = "alice@example.com"
SECURITY = {
    "password_changed": account_mails.password_changed,
    "sign_in_blocked": lambda user: account_mails.sign_in_blocked(
        user, links.issue_link(user, links.UNLOCK, timedelta(hours=1))
    ),
    "email_change_asked": account_mails.email_change_asked,
    "email_changed_by_admin": account_mails.email_changed_by_admin,
    "app_allowed": lambda user: account_mails.app_allowed(user, "Demo Shop"),
    "new_sign_in": sign_in_mails.new_sign_in,
    "second_step_failed": sign_in_mails.second_step_failed,
    "second_step_added": sign_in_mails.second_step_added,
    "reset_link_made": lambda user: account_mails.reset_link_made(user, timedelta(minutes=15)),
    "second_step_removed": sign_in_mails.second_step_removed,
    "recovery_codes_made": sign_in_mails.recovery_codes_made,
    "recovery_code_used": lambda user: sign_in_mails.recovery_code_used(user, 7),
    "passkey_added": lambda user: sign_in_mails.passkey_added(user, "Key"),
    "passkey_removed": lambda user: sign_in_mails.passkey_removed(user, "Key"),
}
UNDOES_IT = {"email_changed": "/undo-email/", "deletion_started": "/undelete/"}
NOTHING_HAPPENED_YET = {
    "verify_email", "already_registered", "reset_password", "invitation", "sign_in", "confirm_new_email",
}  # fmt: skip
BY_AN_ADMINISTRATOR = {
    "account_turned_off",
    "session_revoked",
    "deletion_done",
    "deletion_started_by_admin",
    "deletion_undone",
    "key_rotation_due",
    "webhook_turned_off",
    "test",
}


def test_every_mail_is_of_one_of_these_kinds():
    assert MAILS.keys() == {*SECURITY, *UNDOES_IT, *NOTHING_HAPPENED_YET, *BY_AN_ADMINISTRATOR}


@pytest.mark.parametrize("name", SECURITY)
def test_the_link_of_every_mail_about_safety_locks_the_account(app, factory, mailbox, arrange, name):
    user_id = factory.user(ALICE)
    owner = Browser(app)
    owner.sign_in(ALICE)

    def send():
        with transaction() as session:
            SECURITY[name](session.get(User, user_id))

    arrange.run(send)
    mail = mailbox(ALICE).newest
    assert any("/revoke/" in link for link in mail["links"])
    assert "/revoke/" in mail["html"]
    reader = Browser(app)
    reader.get(mailbox(ALICE).link("/revoke/"))
    reader.submit()
    assert "Your account is locked" in reader.text
    owner.get("/account")
    assert owner.path == "/login"
    with app.app_context():
        assert db.session.get(User, user_id).lock_reason == BY_OWNER


@pytest.mark.parametrize("name", UNDOES_IT)
def test_other_mails_undo_what_they_tell(name):
    assert "link" in MAILS[name]
