"""Two operators save the same thing: the second sees both values, and nothing is overwritten unseen."""

import re
from html import unescape

import pytest

from idp.access import catalogue
from idp.access.models import Group, Role
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.clients.models import Client
from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.webhooks import service as webhooks
from tests.actors import Browser
from tests.admin.house import AS_IT_WAS, post, public_keys

OWNER = "owner@example.com"


@pytest.fixture
def browser(app, factory):
    factory.user(OWNER, name="Olive", roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def things(arrange, factory):
    """The address of each form, what is typed in it, and how to read what is kept."""
    person = factory.user("victor@example.com", name="Vic")
    client, _secret = factory.client_with_secret("Shop")
    arrange.run(catalogue.create_role, "editor", title="Editor")
    group = arrange.made(catalogue.create_group, "staff")
    arrange.run(webhooks.create_endpoint, "crm", url="https://hooks.example.com/", events=["role.*"])
    app = {"redirect_uris": "https://rp.example.com/callback", "scopes": "openid", **AS_IT_WAS}
    hook = {"url": "https://hooks.example.com/", "events": "role.*"}
    return [
        (f"/admin/users/{person}/edit", {"email": "victor@example.com", "username": ""}, "name",
         lambda: db.session.get(User, person).name),
        (f"/admin/clients/{client}/edit", app, "name", lambda: db.session.get(Client, client).name),
        ("/admin/roles/editor/edit", {}, "title", lambda: db.session.query(Role).filter_by(name="editor").one().title),
        (f"/admin/groups/{group}/edit", {}, "title", lambda: db.session.get(Group, group).title),
        ("/admin/webhooks/crm/edit", hook, "label", lambda: webhooks.get_endpoint("crm").label),
        ("/admin/settings/general", {}, "brand.name", None),
    ]  # fmt: skip


def hidden_values(text):
    form = re.search(r'<form method="post" class="buttons start"[^>]*>(.*?)</form>', text, re.DOTALL)[1]
    return gathered(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def gathered(pairs):
    """Names and values as they stand in a page; several of one name are sent together."""
    found = {}
    for name, value in ((unescape(name), unescape(value)) for name, value in pairs):
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


def test_ad06_the_second_to_save_sees_both_values_and_chooses(app, browser, arrange, factory):
    for address, rest, field, kept in things(arrange, factory):
        browser.get(address)
        version = re.search(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"', browser.text)
        version = version[1] or version[2]
        first = {**rest, field: "First & foremost", "version": version}
        assert post(browser, address, first).status_code == 303, address
        answer = post(browser, address, {**rest, field: "<Second>", "version": version})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409, address
        assert "Olive" in page, address
        row = re.search(r"<tr>(?:(?!</tr>).)*First &amp; foremost.*?</tr>", page, re.DOTALL)[0]
        assert "&lt;Second&gt;" in row, address
        rows = re.findall(r'<tr><th scope="row">.*?</tr>', page, re.DOTALL)
        assert len(rows) == 1, (address, rows)
        typed = hidden_values(page)
        assert typed[field] == "<Second>"
        again = post(browser, address, {**typed, "edit_again": "y"})
        assert again.status_code == 200, address
        assert "&lt;Second&gt;" in again.get_data(as_text=True)
        assert post(browser, address, typed).status_code == 303, address
        if kept:
            with app.app_context():
                assert kept() == "<Second>", address


def test_ad06_keys_of_an_app_that_two_save_at_once_are_chosen_too(app, browser, factory):
    client, _none = factory.client_with_secret(
        "Robot", type="machine", redirect_uris=[], post_logout_redirect_uris=[], scopes=[],
        token_endpoint_auth_method="private_key_jwt", jwks=public_keys("first"),
    )  # fmt: skip
    first, second = ("https://keys.example.com/first.json", "https://keys.example.com/second.json")
    address = f"/admin/clients/{client}/keys"
    assert post(browser, address, {"jwks_uri": first, "jwks": "", "version": "1"}).status_code == 303
    answer = post(browser, address, {"jwks_uri": second, "jwks": "", "version": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert first in page
    typed = hidden_values(page)
    assert typed["jwks_uri"] == second
    assert second in post(browser, address, {**typed, "edit_again": "y"}).get_data(as_text=True)
    with app.app_context():
        assert db.session.get(Client, client).jwks_uri == first
    assert post(browser, address, typed).status_code == 303
    with app.app_context():
        assert db.session.get(Client, client).jwks_uri == second


def test_who_changed_a_thing_is_whoever_did_it_last_in_whatever_way(app, browser, factory, arrange):
    person, other = factory.user("victor@example.com", name="Vic"), factory.user("oscar@example.com", name="Oscar")
    form = {"email": "victor@example.com", "username": "", "name": "Victor"}
    version = re.search(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"',
                        browser.get(f"/admin/users/{person}/edit").get_data(as_text=True))  # fmt: skip
    form["version"] = version[1] or version[2]
    assert post(browser, f"/admin/users/{person}/edit", form).status_code == 303
    with app.app_context():
        set_context(CallContext(actor=f"user:{other}"))
        states.disable(person)
    answer = post(browser, f"/admin/users/{person}/edit", {**form, "name": "Vico"})
    assert answer.status_code == 409
    assert "<bdi>Oscar</bdi>" in answer.get_data(as_text=True)


def test_what_was_not_shown_is_not_chosen_for(app, factory, arrange, browser):
    """Who may not vouch for an app is not asked whether it is ours."""
    client, _secret = factory.client_with_secret("Shop")
    arrange.run(
        catalogue.create_role, "developer2",
        permissions=[(app_api(app), name) for name in ("admin.clients.read", "admin.clients.write")],
    )  # fmt: skip
    factory.user("dev@example.com", roles=("developer2",))
    developer = Browser(app)
    developer.sign_in("dev@example.com")
    form = {"name": "Shop", "redirect_uris": "https://rp.example.com/callback", "scopes": "openid", "version": "0",
            **AS_IT_WAS}  # fmt: skip
    answer = post(developer, f"/admin/clients/{client}/edit", form)
    assert answer.status_code == 409
    assert "first_party" not in hidden_values(answer.get_data(as_text=True))


def app_api(app):
    from idp.access import service as access

    with app.app_context():
        return access.own_api()


def shown_values(text):
    """What a browser would send of the form of a page."""
    form = text.split("<main", 1)[1].split('<form class="panel form"', 1)[1].split("</form>")[0]
    pairs = []
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'([\w.-]+)="([^"]*)"', tag))
        if "name" not in attributes or (attributes.get("type") == "checkbox" and " checked" not in tag):
            continue
        pairs.append((attributes["name"], attributes.get("value", "")))
    found = gathered(pairs)
    for name, options in re.findall(r'<select\b[^>]*?\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.search(r'<option selected value="([^"]*)"', options)[1]
    for name, value in re.findall(r'<textarea\b[^>]*?\bname="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(value).strip()
    return found


def test_a_form_that_is_saved_as_it_was_opened_changes_nothing(app, browser, arrange, factory):
    for address, rest, _field, _kept in things(arrange, factory):
        if "/settings/" in address:
            continue
        browser.get(address)
        values = shown_values(browser.text)
        assert set(rest) <= set(values), address
        assert post(browser, address, values).status_code == 303, address
        browser.get(address)
        after = shown_values(browser.text)
        assert {**after, "version": "", "csrf_token": ""} == {**values, "version": "", "csrf_token": ""}, address
    with app.app_context():
        row = db.session.query(Client).filter_by(name="Shop").one()
        assert row.scopes == ["openid"] or "openid" in row.scopes
        assert all(uri.startswith("http") for uri in row.redirect_uris)
        assert webhooks.get_endpoint("crm").events == ["role.*"]
