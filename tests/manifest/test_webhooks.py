"""Webhooks in a manifest: made, changed, found again, their secret from elsewhere; the console says whose they are."""

import pytest

from idp.core.db import db
from idp.webhooks import service, signing
from idp.webhooks.cli import webhook
from tests.actors import Browser

ONE = """\
[[webhooks]]
name = "crm"
label = "CRM"
url = "https://crm.example.com/idp"
events = ["role.*", "account.added"]
secret = { env = "CRM_SECRET" }
"""


@pytest.fixture
def secret(monkeypatch):
    value = signing.new_secret()
    monkeypatch.setenv("CRM_SECRET", value)
    return value


def test_a_webhook_is_made_changed_and_deleted_with_its_entry(manifest, secret, command_line, context, snapshot):
    manifest.write(ONE)
    assert secret not in manifest.shown()
    manifest.apply()
    assert service.has_secret("crm", secret)
    assert manifest.plan()["changes"] == []
    assert secret not in str(snapshot())
    command_line.json(webhook, "edit", "crm", "--label", "By hand")
    [change] = manifest.plan()["changes"]
    assert change["drift"]
    manifest.write(ONE, ("https://crm", "https://new"), ("secret =", "enabled = false\nsecret =")).apply()
    db.session.rollback()
    row = service.get_endpoint("crm")
    assert (row.label, row.url, row.disabled_reason) == ("CRM", "https://new.example.com/idp", "by_hand")
    assert manifest.plan()["changes"] == []
    manifest.path.write_text(manifest.exported())
    assert manifest.plan()["changes"] == []
    manifest.write("")
    manifest.apply()
    assert command_line.json(webhook, "list") == []


def test_another_secret_is_set_beside_the_one_that_signs(manifest, secret, context, monkeypatch):
    manifest.write(ONE).apply()
    other = signing.new_secret()
    monkeypatch.setenv("CRM_SECRET", other)
    manifest.apply()
    db.session.rollback()
    assert service.has_secret("crm", other)
    assert service.get_endpoint("crm").previous_secret
    monkeypatch.delenv("CRM_SECRET")
    assert "not compared" in manifest.plan()["notes"][0]


def test_what_cannot_be_is_named_with_its_line(manifest, monkeypatch):
    monkeypatch.setenv("CRM_SECRET", "short")
    manifest.write(ONE, ("https://crm", "ftp://crm"), ("role.*", "roles.*"))
    lines = [line.split(":")[0] for line in manifest.refused()]
    assert lines == ["4", "5", "6"]


def test_the_console_says_what_the_file_manages(manifest, secret, app, factory):
    manifest.write(ONE).apply()
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    for path in ("/admin/webhooks/crm", "/admin/webhooks/crm/edit"):
        browser.get(path)
        assert "managed by the file" in browser.text
    browser.get("/admin/roles/owner")
    assert "managed by the file" not in browser.text
