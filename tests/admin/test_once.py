"""Who loads the page again that showed a secret makes no second one, and sees no secret."""

import re

import pytest
from sqlalchemy import func, select

from idp.api_keys.models import ApiKey
from idp.clients import service as clients
from idp.clients.models import Client, ClientSecret
from idp.core.db import db
from idp.webhooks import service as webhooks
from tests.actors import Browser
from tests.admin.house import post

OWNER = "owner@example.com"
APP = {"type": "web", "name": "Twice", "redirect_uris": "https://rp.example.com/callback", "scopes": "openid"}
PASTED = {"metadata": '{"client_name": "Pasted", "redirect_uris": ["https://rp.example.com/callback"]}'}


@pytest.fixture
def browser(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def form_id(text):
    return re.search(r'name="form_id" value="([\w-]{20,})"', text)[1]


def count(app, model):
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(model)).scalar_one()


@pytest.mark.parametrize(
    ("opened", "posted", "form", "model", "secret"),
    [
        ("/admin/clients/new", "/admin/clients/new", APP, Client, r"idps_[\w-]{20,}"),
        ("/admin/clients/new/metadata", "/admin/clients/new/metadata", PASTED, Client, r"idps_[\w-]{20,}"),
        ("/admin/clients/{client}/secrets", "/admin/clients/{client}/secrets", {}, ClientSecret, r"idps_[\w-]{20,}"),
        ("/admin/api-keys/new", "/admin/api-keys/new", {"label": "a", "days": "90", "permissions": "admin.users.read"},
         ApiKey, r"idpk_[\w-]{20,}"),
    ],
)  # fmt: skip
def test_a_second_post_of_a_form_makes_no_second_secret(app, browser, factory, opened, posted, form, model, secret):
    client, _value = factory.client_with_secret("Shop")
    browser.get(opened.format(client=client))
    sent, before = {**form, "form_id": form_id(browser.text)}, count(app, model)
    first = post(browser, posted.format(client=client), sent)
    assert first.status_code == 200
    assert re.search(secret, first.get_data(as_text=True))
    assert count(app, model) == before + 1
    again = post(browser, posted.format(client=client), sent)
    assert again.status_code == 303
    browser.get(again.headers["Location"])
    assert "is not shown again" in browser.text
    assert not re.search(secret, browser.text)
    assert count(app, model) == before + 1
    assert post(browser, posted.format(client=client), {**sent, "form_id": "another"}).status_code == 200


def test_what_was_refused_may_be_sent_again(browser, factory, arrange):
    client, _value = factory.client_with_secret("Shop")
    page = f"/admin/clients/{client}/secrets"
    while (answer := post(browser, page, {"form_id": "one form"})).status_code != 409:
        answer = post(browser, page, {})
        if answer.status_code == 409:
            break
    assert post(browser, page, {"form_id": "another form"}).status_code == 409
    rows = arrange.run(clients.list_secrets, client)
    arrange.run(clients.remove_secret, client, rows[0].id)
    assert post(browser, page, {"form_id": "another form"}).status_code == 200


def test_a_second_post_leaves_the_secret_of_a_webhook_as_it_is(app, browser, arrange):
    arrange.run(webhooks.create_endpoint, "crm", url="https://hooks.example.com/", events=["role.*"])
    browser.get("/admin/webhooks/crm")
    sent = {"form_id": form_id(browser.text)}
    assert "whsec_" in post(browser, "/admin/webhooks/crm/secret", sent).get_data(as_text=True)
    kept = arrange.run(lambda: webhooks.get_endpoint("crm").secret)
    assert post(browser, "/admin/webhooks/crm/secret", sent).status_code == 303
    assert arrange.run(lambda: webhooks.get_endpoint("crm").secret) == kept
