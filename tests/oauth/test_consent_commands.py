"""`idp user consent`: what a person allowed apps, seen and taken back by an administrator."""

from idp.oauth.cli import consent


def test_list_and_revoke(rp, browser, factory, command_line):
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com", scope="openid email offline_access")
    (row,) = command_line.json(consent, "list", "alice@example.com")
    assert row["client_id"] == rp.client_id
    assert row["scopes"] == ["email", "offline_access", "openid"]
    assert row["offline"] is True
    answer = command_line.json(consent, "revoke", "alice@example.com", "--client", rp.client_id)
    assert answer["revoked"] is True
    assert rp.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert command_line.json(consent, "list", "alice@example.com") == []
    assert "No apps." in command_line.run(consent, "list", "alice@example.com").stdout


def test_unknown_app_or_person_is_refused(factory, command_line):
    factory.user("alice@example.com")
    command_line.refused(consent, "revoke", "alice@example.com", "--client", "nobody", code=3)
    command_line.refused(consent, "list", "bob@example.com", code=3)
