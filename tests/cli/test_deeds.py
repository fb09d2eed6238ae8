"""Commands for what the console does on its pages: tokens and logouts, everybody's sessions, copies, imports, mails."""

import pytest
from sqlalchemy import update

from idp.access.commands.apis import api
from idp.access.commands.groups import group
from idp.access.commands.roles import role
from idp.accounts.cli import user
from idp.accounts.importing import service as importing
from idp.accounts.importing.cli import import_
from idp.accounts.importing.jobs_cli import cancel_import, list_imports
from idp.accounts.service import get_user
from idp.audit.cli import audit
from idp.clients import service as clients
from idp.clients.commands.clients import client
from idp.jobs import service as jobs
from idp.keyring import service as keyring
from idp.keyring.cli import key
from idp.oauth.logout.cli import logouts
from idp.oauth.oversight.families_cli import family
from idp.oauth.tokens.models import Grant
from idp.operate.config_cli import config
from idp.outbox import service as outbox
from idp.sessions import service as live_sessions
from idp.sessions.cli import sessions

ALICE = "alice@example.com"
CALLBACK = "https://rp.example.com/callback"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


@pytest.fixture
def shop(factory):
    return factory.client_with_secret("Shop")[0]


def events(command_line, tag):
    return command_line.json(audit, "list", "--event", tag)


def test_families_of_tokens_are_listed_and_end(command_line, arrange, alice, shop):
    first, second = arrange.family(alice, shop), arrange.family(alice, shop)
    rows = command_line.json(family, "list", "--user", ALICE, "--state", "live")
    assert [row["id"] for row in rows] == [second, first]
    assert (rows[0]["user"], rows[0]["client_id"], rows[0]["live"]) == (ALICE, shop, True)
    assert command_line.json(family, "revoke", first)["revoked"]
    command_line.refused(family, "revoke", first, code=3)
    assert [row["id"] for row in command_line.json(family, "list", "--client", shop, "--state", "revoked")] == [first]
    assert command_line.run(family, "revoke-all", shop, stdin="n\n").exit_code == 1
    assert command_line.json(family, "revoke-all", shop, "--yes") == {"client_id": shop, "ended": 1}
    command_line.refused(family, "revoke-all", "nothing", "--yes", code=3)
    assert "over" in command_line.run(family, "list").stdout
    assert events(command_line, "grant.revoked")[0]["actor"].startswith("cli:")


def test_what_breaks_is_said_and_asked_before_it_does(command_line, arrange, alice, shop, context):
    """The sentences are those of the console's pages that ask the same."""
    place = "https://api.example.com"
    command_line.json(api, "add", place)
    command_line.json(api, "permission", "add", place, "read")
    command_line.json(role, "add", "reader", "--permission", place, "read")
    clients.update_client(shop, {"allowed_apis": [place], "scopes": ["openid", "read"]})
    arrange.family(alice, shop)
    arrange.execute(update(Grant).values(scope="openid read"))
    secret = clients.list_secrets(shop)[0]
    clients.add_secret(shop)
    keyring.prepare_next()
    old = keyring.active_kid()
    keyring.promote(force=True)
    for group_, words, said in (
        (api, ("permission", "remove", place, "read"), ["1 role loses it.", "1 app asks for it", "1 live grant"]),
        (client, ("secret", "remove", shop, secret.id), ["It was never used.", f"…{secret.hint}"]),
        (key, ("retire", old, "--at-once"), ["Every token it signed is refused", "good for a while yet"]),
        (key, ("rotate", "--emergency"), ["1 key is refused", "Apps that keep our keys fail"]),
    ):
        for answer in ("n\n", ""):
            result = command_line.run(group_, *words, stdin=answer)
            assert (result.exit_code, result.stdout) == (1, ""), words
            assert all(line in result.stderr for line in said), result.stderr
        assert command_line.run(group_, *words, stdin="y\n").exit_code == 0, words
    assert events(command_line, "permission.deleted")
    assert events(command_line, "client.secret_removed")
    assert len(events(command_line, "key.retired")) == 2


def test_logout_deliveries_are_listed_and_sent_again(command_line, arrange, alice, shop):
    told = {"client_id": shop, "user_id": alice, "session_id": arrange.session(alice)}
    delivery = arrange.run(outbox.enqueue, "logout", told, subject=f"client:{shop}")
    rows = command_line.json(logouts, "list", "--client", shop, "--state", "waiting")
    assert [(row["id"], row["client_id"]) for row in rows] == [(delivery, shop)]
    assert command_line.json(logouts, "list", "--state", "dead") == []
    assert command_line.json(logouts, "retry", delivery)["queued"]
    command_line.refused(logouts, "retry", "nothing", code=3)
    assert len(events(command_line, "logout.retried")) == 1


def test_everybody_is_signed_out(command_line, arrange, alice, context):
    arrange.session(alice)
    arrange.session(alice)
    assert command_line.run(sessions, "revoke-all", stdin="n\n").exit_code == 1
    assert command_line.json(sessions, "revoke-all", "--yes")["total"] == 2
    assert jobs.run_due()
    assert live_sessions.live_sessions(alice) == []
    assert len(events(command_line, "sessions.revoked")) == 1


def test_an_app_is_copied_with_a_secret_of_its_own_and_is_not_ours(command_line, shop, context):
    clients.update_client(shop, {"first_party": True, "scopes": ["openid", "email"]})
    made = command_line.json(client, "duplicate", shop, "--name", "Shop 2")
    assert made["client_id"] != shop
    assert made["client_secret"].startswith("idps_")
    row = clients.get_client(made["client_id"])
    assert (row.name, row.scopes, row.redirect_uris) == ("Shop 2", ["openid", "email"], [CALLBACK])
    assert not row.first_party
    command_line.refused(client, "duplicate", "nothing", "--name", "X", code=3)


def test_imports_are_listed_and_taken_back(command_line, context):
    job = importing.hand_in(b"email\nsomebody@example.com\n")
    assert [row["id"] for row in command_line.json(list_imports)] == [job.id]
    assert command_line.json(cancel_import, job.id)["state"] == "cancelled"
    command_line.refused(cancel_import, "nothing", code=3)
    assert import_.name == "import"


def test_an_address_is_taken_for_confirmed_and_a_mail_is_tried(command_line, factory, mailbox, context):
    bob = factory.user("bob@example.com", verified=False)
    assert command_line.json(user, "verify", "bob@example.com")["email_verified"] is True
    assert get_user(bob).email_verified_at is not None
    assert len(events(command_line, "email.verified")) == 1
    assert command_line.json(config, "test-mail", "bob@example.com")["queued"]
    assert len(events(command_line, "mail.tested")) == 1
    command_line.refused(config, "test-mail", "nobody@example.com", code=3)


def test_words_of_groups_and_permissions_change(command_line, context):
    command_line.json(group, "add", "staff")
    assert command_line.json(group, "edit", "staff", "--title", "Our staff")["title"] == "Our staff"
    command_line.refused(group, "edit", "nothing", "--title", "X", code=3)
    place = "https://api.example.com"
    command_line.json(api, "add", place, "--access-token-lifetime", "600")
    command_line.json(api, "permission", "add", place, "read", "--title", "Read", "--description", "All of it")
    shown = command_line.json(api, "permission", "edit", place, "read", "--title", "Look")["permissions"][0]
    assert shown == {"name": "read", "title": "Look", "description": "All of it", "titles": {}, "icon": "key"}
    assert command_line.json(api, "edit", place, "--default-lifetime")["access_token_lifetime"] is None


def test_one_event_is_shown_whole(command_line, context):
    command_line.json(group, "add", "staff")
    newest = events(command_line, "group.created")[0]
    assert command_line.json(audit, "show", newest["id"]) == newest
    command_line.refused(audit, "show", "999999", code=3)


def test_who_has_a_permission_is_listed_with_the_ways(command_line, factory):
    place = "https://api.example.com"
    command_line.json(api, "add", place)
    command_line.json(api, "permission", "add", place, "read")
    command_line.json(role, "add", "reader", "--permission", place, "read")
    alice, bob = (factory.user(email, roles=("reader",)) for email in (ALICE, "bob@example.com"))
    command_line.json(group, "add", "staff")
    command_line.json(group, "grant", "staff", "reader")
    command_line.json(group, "join", "staff", ALICE)
    rows = command_line.json(api, "permission", "people", place, "read")
    itself = {"role": "reader", "group": None, "through": [], "comes_with": None}
    assert rows == [
        {"id": alice, "email": ALICE, "ways": [itself, {**itself, "group": "staff"}]},
        {"id": bob, "email": "bob@example.com", "ways": [itself]},
    ]  # fmt: skip
    assert command_line.json(api, "permission", "people", place, "read", "--after", alice) == rows[1:]
    assert "reader (staff)" in command_line.run(api, "permission", "people", place, "read").stdout
    command_line.refused(api, "permission", "people", place, "nothing", code=3)
