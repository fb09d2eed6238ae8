"""The preview says what a real token says, and why."""

from sqlalchemy import select

from idp.access import apis, assignments, catalogue
from idp.access import service as access
from idp.oauth.oversight.token_cli import token
from idp.oauth.tokens.models import Grant
from idp.oauth.tokens.preview import preview_tokens
from tests.actors import Browser, RelyingParty
from tests.arrange import part

API = "https://articles.example.com"
SCOPES = ["openid", "profile", "email", "roles", "groups", "articles.read", "offline_access"]
ANEW = {"iat", "exp", "jti", "sid", "auth_time", "nonce", "at_hash"}


def without(claims):
    return {name: value for name, value in claims.items() if name not in ANEW}


def test_the_preview_equals_a_token_that_was_really_issued(app, arrange, factory, browser):
    arrange.run(apis.create_api, API, name="Articles")
    arrange.run(apis.add_permission, API, "articles.read", title="Read")
    arrange.run(catalogue.create_role, "editor", permissions=[(API, "articles.read")])
    user_id = factory.user("alice@example.com", roles=("editor",), given_name="Alice")
    app_id, secret = factory.client_with_secret("Reader", scopes=SCOPES, allowed_apis=[API])
    tokens = RelyingParty(app, app_id, secret).sign_in(browser, "alice@example.com", scope=" ".join(SCOPES))
    found = arrange.run(preview_tokens, app_id, user_id, SCOPES)
    assert without(found.access_token.claims) == without(part(tokens["access_token"]))
    assert without(found.id_token.claims) == without(part(tokens["id_token"]))
    assert found.userinfo.claims == RelyingParty(app, app_id).userinfo(tokens["access_token"]).json
    assert found.refusal is None
    assert found.access_token.claims["permissions"] == ["articles.read"]
    assert {row.name for row in found.access_token.sources} == set(found.access_token.claims)
    assert found.refused_scopes == []


def test_what_is_not_there_has_a_reason(arrange, factory):
    user_id = factory.user("bob@example.com")
    app_id, _secret = factory.client_with_secret(scopes=["openid", "email", "groups"], allowed_roles=["nobody"])
    found = arrange.run(preview_tokens, app_id, user_id, ["openid", "email", "phone"])
    missing = {row.name: str(row.why) for row in found.userinfo.missing}
    assert missing["groups"] == "the scope groups is not asked for"
    assert missing["name"] == "the app may not ask for the scope profile"
    assert "email" not in missing
    assert [row.name for row in found.refused_scopes] == ["phone"]
    assert "roles this app is limited to" in found.refusal
    assert {row.name: str(row.why) for row in found.id_token.missing}["email"].startswith("it is in UserInfo")


def test_roles_tell_by_which_way_they_came_and_a_claim_by_what_it_was_asked_for(arrange, factory):
    arrange.run(catalogue.create_role, "editor")
    arrange.run(catalogue.create_role, "writer")
    arrange.run(catalogue.create_group, "staff")
    arrange.run(assignments.grant_role_to_group, "staff", "writer", actor="system")
    user_id = factory.user("bob@example.com", roles=("editor",))
    arrange.run(assignments.add_member, "staff", user_id, actor="system")
    app_id, _secret = factory.client_with_secret(scopes=["openid", "email", "roles"])
    asked = {"id_token": {"email": None}}
    found = arrange.run(lambda: preview_tokens(app_id, user_id, ["openid", "roles"], claims=asked))
    assert str(reason(found.id_token, "email")).endswith("because the claims parameter asks for it")
    assert "editor; writer (staff)" in str(reason(found.access_token, "roles"))
    found = arrange.run(lambda: preview_tokens(app_id, user_id, ["openid", "email"], claims=asked))
    assert str(reason(found.id_token, "email")).endswith("because of the scope email")


def reason(document, name):
    return next(row.why for row in document.sources if row.name == name)


def test_a_preview_leaves_nothing_behind(arrange, factory):
    app_id, _secret = factory.client_with_secret()
    arrange.run(preview_tokens, app_id, factory.user(), ["openid"])
    assert arrange.rows(select(Grant.id)) == []


def test_the_page_needs_both_permissions_and_the_command_says_the_same(
    app, arrange, factory, browser, command_line
):  # fmt: skip
    own = arrange.run(access.own_api)
    arrange.run(catalogue.create_role, "half", permissions=[(own, "admin.clients.read")])
    arrange.run(catalogue.create_role, "whole", permissions=[(own, "admin.clients.read"), (own, "admin.users.read")])
    app_id, _secret = factory.client_with_secret()
    factory.user("half@example.com", roles=("half",))
    factory.user("whole@example.com", roles=("whole",))
    address = f"/admin/clients/{app_id}/tokens?user=half@example.com&scope=openid+email"
    browser.sign_in("whole@example.com")
    browser.get(address)
    assert browser.status == 200
    assert "half@example.com" in browser.text
    assert "not there" in browser.text
    browser.get(f"/admin/clients/{app_id}/tokens?user=nobody&scope=openid")
    assert browser.status == 422
    other = Browser(app)
    other.sign_in("half@example.com")
    other.get(address)
    assert other.status == 403
    said = command_line.json(token, "preview", "--user", "half@example.com", "--client", app_id, "--scope", "openid")
    assert said["id_token"]["claims"]["aud"] == app_id
    assert command_line.run(token, "preview", "--user", "half@example.com", "--client", "none").exit_code == 3
    assert "ID token" in command_line.run(token, "preview", "--user", "half@example.com", "--client", app_id).stdout


def test_two_people_and_two_sets_of_scopes_are_compared_in_words(arrange, factory, browser, command_line):
    arrange.run(catalogue.create_role, "editor")
    factory.user("owner@example.com", roles=("owner",))
    factory.user("alice@example.com", roles=("editor",), given_name="Alice")
    factory.user("bob@example.com")
    app_id, _secret = factory.client_with_secret("Shop", scopes=["openid", "profile", "email", "roles"])
    words = ("preview", "--user", "alice@example.com", "--client", app_id, "--scope", "openid profile roles")
    said = command_line.json(token, *words, "--compare-user", "bob@example.com")
    found = {row["name"]: row["verdict"] for row in said["differences"]["userinfo"]}
    assert found["sub"] == found["roles"] == "other value"
    assert found["given_name"] == "first only"
    # What is new in every token is no difference.
    assert not {"iat", "exp", "jti"} & {row["name"] for row in said["differences"]["access_token"]}
    same = command_line.json(token, *words, "--compare-user", "alice@example.com")
    assert same["differences"] == {"id_token": [], "access_token": [], "userinfo": []}
    human = command_line.run(token, *words, "--compare-scope", "openid email").stdout
    assert "second only" in human
    assert "the scope email is not asked for" in human
    asked = command_line.json(token, *words[:-1], "openid", "--claims", '{"id_token": {"email": null}}')
    assert asked["id_token"]["claims"]["email"] == "alice@example.com"
    assert command_line.run(token, *words, "--claims", "x").exit_code == 2
    browser.sign_in("owner@example.com")
    address = f"/admin/clients/{app_id}/tokens?user=alice@example.com&scope=openid+roles"
    browser.get(f"{address}&compare_user=bob@example.com")
    assert "≠ another value" in browser.text
    browser.get(f"{address}&compare_scope=openid+email")
    assert "≠ in the second only" in browser.text
    assert "≠ in the first only" in browser.text
    assert "the same" in browser.text
    for more in ("compare_user=nobody", "claims=x"):
        browser.get(f"{address}&{more}")
        assert browser.status == 422
    browser.get(address + '&claims={"id_token": {"email": null}}')
    assert browser.text.count("alice@example.com") > 1
