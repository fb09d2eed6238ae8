"""Webhooks on the command line."""

from idp.outbox import service as outbox
from idp.webhooks import signing
from idp.webhooks.cli import webhook


def test_a_webhook_is_added_changed_tested_and_its_deliveries_sent_again(command_line, receiver, app):
    run = command_line.json
    made = run(webhook, "add", "crm", "--url", receiver.url, "--event", "role.*", "--label", "CRM")
    assert made["secret"].startswith("whsec_")
    assert "secret" not in run(webhook, "show", "crm")
    assert run(webhook, "edit", "crm", "--event", "api.*")["events"] == ["api.*"]
    run(webhook, "test", "crm")
    with app.app_context():
        outbox.deliver_calls()
    [sent] = run(webhook, "deliveries", "crm", "--state", "delivered")
    assert (sent["event"], sent["status"]) == ("webhook.tested", 204)
    run(webhook, "redeliver", "crm", sent["id"])
    assert run(webhook, "show", "crm")["deliveries"]["waiting"] == 1
    mine = signing.new_secret()
    assert run(webhook, "secret", "crm", "--secret-stdin", stdin=mine)["secret"] == mine
    assert not run(webhook, "disable", "crm")["enabled"]
    command_line.refused(webhook, "test", "crm", code=4)
    assert run(webhook, "enable", "crm")["enabled"]
    for text in ("list", "show crm", "deliveries crm"):
        assert "crm" in command_line.run(webhook, *text.split()).stdout or text.startswith("deliveries")
    assert run(webhook, "delete", "crm", "--yes")["deleted"]
    assert run(webhook, "list") == []


def test_what_is_wrong_is_said_with_its_exit_code(command_line, app):
    good = ("--url", "https://a.example.com/", "--event", "role.*")
    command_line.refused(webhook, "show", "nothing", code=3)
    command_line.refused(webhook, "add", "x", "--url", "https://a.example.com/", "--event", "roles.*", code=1)
    command_line.refused(webhook, "add", "x", *good, "--secret-stdin", code=1, stdin="whsec_short")
    command_line.json(webhook, "add", "x", *good)
    command_line.refused(webhook, "add", "x", *good, code=4)
    command_line.refused(webhook, "redeliver", "x", "0" * 26, code=3)
    command_line.refused(webhook, "edit", "x", code=2)
