"""The settings of an app on its page: every one that means something for its kind, and nothing is changed unasked."""

import json
import re
from html import escape

import pytest

from idp.audit.tags import Tag
from idp.clients import service as clients
from idp.clients.metadata.rules import RULES
from tests.actors import Browser
from tests.admin.house import OWNER, House, post, public_keys, somebody
from tests.factories import PASSWORD

EVERYTHING = {
    "access_lifetime": "1200", "default_max_age": "0",
    "backchannel_logout_uri": "https://rp.example.com/out", "backchannel_logout_session_required": "y",
    "initiate_login_uri": "https://rp.example.com/begin", "client_uri": "https://rp.example.com/",
    "logo_uri": "https://rp.example.com/logo.png", "policy_uri": "https://rp.example.com/privacy",
    "tos_uri": "https://rp.example.com/terms", "contacts": "Ann Baker <ann@example.com>\nhttps://rp.example.com/help",
}  # fmt: skip


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


@pytest.fixture
def owner(house, browser):
    browser.sign_in(OWNER)
    return browser


def row_of(house, client_id=None):
    return house.arrange.run(clients.get_client, client_id or house.client_id)


def told(row):
    return {name: getattr(row, name) for name in RULES}


def main(browser):
    return browser.text.split("<main")[1].split("</main>")[0]


def test_every_setting_is_kept_shown_again_and_taken_away(house, owner):
    page = f"/admin/clients/{house.client_id}/edit"
    owner.get(page)
    owner.submit("name", **EVERYTHING)
    assert owner.path == page, main(owner)
    row = row_of(house)
    assert (row.access_lifetime, row.default_max_age) == (1200, 0)
    assert (row.logo_uri, row.policy_uri, row.tos_uri) == (
        "https://rp.example.com/logo.png", "https://rp.example.com/privacy", "https://rp.example.com/terms",
    )  # fmt: skip
    assert row.metadata_ == {
        "backchannel_logout_uri": "https://rp.example.com/out", "backchannel_logout_session_required": True,
        "initiate_login_uri": "https://rp.example.com/begin",
        "contacts": ["Ann Baker <ann@example.com>", "https://rp.example.com/help"],
    }  # fmt: skip
    assert {name: value for name, value in owner.form("name").fields.items() if name in EVERYTHING} == EVERYTHING
    nothing = {name: None if value == "y" else "" for name, value in EVERYTHING.items()}
    owner.submit("name", **nothing)
    row = row_of(house)
    assert (row.access_lifetime, row.default_max_age) == (None, None)
    assert row.metadata_.keys() <= {"backchannel_logout_session_required"}


@pytest.mark.parametrize("kind", ["web", "spa", "native", "machine", "device", "api"])
def test_a_form_that_is_saved_as_it_was_opened_changes_nothing(house, owner, arrange, kind):
    redirects = ["https://rp.example.com/b", "https://rp.example.com/a"] if kind in {"web", "spa", "native"} else []
    client_id = arrange.run(
        lambda **values: clients.create_client(**values)[0].id,
        name="Full", type=kind, redirect_uris=redirects, default_max_age=0, access_lifetime=777,
        metadata_={"backchannel_logout_session_required": False, "contacts": ["a b"], "software_id": "x"},
        require_pkce=kind != "web", jwks=public_keys("kept"), policy_uri="https://rp.example.com/p",
        **({"grant_types": ["refresh_token", "authorization_code"]} if redirects else {}),
    )  # fmt: skip
    before = told(row_of(house, client_id))
    owner.get(f"/admin/clients/{client_id}/edit")
    owner.submit("name")
    assert owner.status == 200, main(owner)
    assert told(row_of(house, client_id)) == before


def test_fields_that_mean_nothing_for_a_kind_are_neither_shown_nor_taken(house, owner, arrange, factory):
    spa = factory.public_client(name="Page")
    owner.get(f"/admin/clients/{spa}/edit")
    assert "require_pkce" not in owner.form("name").fields
    api = arrange.run(lambda: clients.create_client(name="Judge", type="api")[0].id)
    owner.get(f"/admin/clients/{api}/edit")
    fields = owner.form("name").fields
    assert not fields.keys() & {"redirect_uris", "grant_types", "access_lifetime", "backchannel_logout_uri", "tos_uri"}
    form = {"name": "Judge", "version": fields["version"], **EVERYTHING, "grant_types": "client_credentials"}
    assert post(owner, f"/admin/clients/{api}/edit", form).status_code == 303
    row = row_of(house, api)
    assert (row.access_lifetime, row.tos_uri, row.grant_types) == (None, None, [])
    assert row.metadata_.keys() == {"contacts"}


def test_grants_and_pkce_are_chosen_both_ways(house, owner):
    page = f"/admin/clients/{house.client_id}/edit"
    owner.get(page)
    owner.submit("name", grant_types=["authorization_code", "client_credentials"], require_pkce=None)
    row = row_of(house)
    assert (row.grant_types, row.require_pkce) == (["authorization_code", "client_credentials"], False)
    owner.submit("name", require_pkce="y")
    assert row_of(house).require_pkce
    owner.submit("name", grant_types=None)
    assert owner.status == 422
    assert "Choose at least one" in main(owner)
    assert re.search(r"<details open><summary>Protocol", main(owner))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("access_lifetime", "soon"), ("access_lifetime", "5"), ("default_max_age", "-1"),
        ("backchannel_logout_uri", "http://rp.example.com/out"), ("initiate_login_uri", "javascript:alert(1)"),
        ("policy_uri", "x"), ("contacts", "x" * 300), ("jwks", "{"), ("token_endpoint_auth_method", "made_up"),
    ],
)  # fmt: skip
def test_what_is_unfit_is_said_beside_its_field(house, owner, field, wrong):
    before = told(row_of(house))
    owner.get(f"/admin/clients/{house.client_id}/edit")
    owner.submit("name", **{field: wrong})
    assert owner.status == 422
    assert f'id="{field}-error"' in main(owner)
    assert told(row_of(house)) == before


def test_an_app_moves_to_keys_and_back_to_a_secret(house, owner):
    page = f"/admin/clients/{house.client_id}/edit"
    owner.get(page)
    owner.submit("name", token_endpoint_auth_method="private_key_jwt", name="")
    owner.submit("name", name="Shop")
    assert owner.status == 422
    assert "Its 2 secrets end at once" in main(owner)
    assert len(house.arrange.run(clients.list_secrets, house.client_id)) == 2
    owner.submit("name")
    assert owner.status == 422
    assert "private_key_jwt needs the keys of the app" in main(owner)
    owner.submit("name", jwks=json.dumps(public_keys("first")))
    assert owner.path == page, main(owner)
    assert row_of(house).token_endpoint_auth_method == "private_key_jwt"
    assert house.arrange.run(clients.list_secrets, house.client_id) == []
    assert "jwks" not in owner.form("name").fields
    owner.submit("name", token_endpoint_auth_method="client_secret_post")
    assert owner.path == f"/admin/clients/{house.client_id}/secrets"
    assert "It has no secret yet" in owner.text
    owner.get(page)
    owner.submit("name", token_endpoint_auth_method="none")
    assert row_of(house).token_endpoint_auth_method == "none"
    assert "require_pkce" not in owner.form("name").fields


def test_how_an_app_proves_itself_asks_for_the_permission_and_a_fresh_sign_in(house, owner, clock):
    page = f"/admin/clients/{house.client_id}/edit"
    clock.advance(11 * 60)
    owner.get(page)
    owner.submit("name", name="Renamed")
    assert row_of(house).name == "Renamed"
    owner.submit("name", token_endpoint_auth_method="client_secret_post")
    assert owner.path == "/reauth"
    assert row_of(house).token_endpoint_auth_method == "client_secret_basic"
    owner.submit("password", password=PASSWORD)
    owner.submit("name")
    assert row_of(house).token_endpoint_auth_method == "client_secret_post"
    few = somebody(house, ["admin.clients.read", "admin.clients.write"])
    few.get(page)
    fields = few.form("name").fields
    assert not fields.keys() & {"token_endpoint_auth_method", "jwks", "jwks_uri", "first_party"}
    few.submit("name", token_endpoint_auth_method="none", jwks_uri="https://trap.example.com/jwks")
    row = row_of(house)
    assert (row.token_endpoint_auth_method, row.jwks_uri) == ("client_secret_post", None)


@pytest.mark.parametrize("field", ["backchannel_logout_uri", "initiate_login_uri"])
def test_only_who_vouches_moves_where_an_app_that_is_ours_is_called(house, field):
    house.arrange.run(clients.update_client, house.client_id, {"first_party": True})
    developer = somebody(house, ["admin.clients.read", "admin.clients.write"])
    developer.get(f"/admin/clients/{house.client_id}/edit")
    developer.submit("name", **{field: "https://trap.example.com/"})
    assert developer.status == 403
    assert row_of(house).metadata_ == {}


def test_both_versions_of_every_setting_are_shown(house, owner, app):
    other = Browser(app)
    other.sign_in(OWNER)
    page = f"/admin/clients/{house.client_id}/edit"
    owner.get(page)
    other.get(page)
    owner.submit("name", backchannel_logout_uri="https://rp.example.com/first", grant_types=["authorization_code"])
    other.submit("name", backchannel_logout_uri="https://rp.example.com/second")
    assert other.status == 409
    assert "https://rp.example.com/first" in main(other)
    assert "https://rp.example.com/second" in main(other)
    other.submit("name")
    row = row_of(house)
    assert row.metadata_["backchannel_logout_uri"] == "https://rp.example.com/second"
    assert row.grant_types == ["authorization_code", "refresh_token"]


def test_an_edit_leaves_one_event(house, owner):
    before = house.count(Tag.CLIENT_EDITED)
    owner.get(f"/admin/clients/{house.client_id}/edit")
    owner.submit("name", **EVERYTHING)
    assert house.count(Tag.CLIENT_EDITED) == before + 1


def test_odd_addresses_are_named_and_kept(house, owner):
    page = f"/admin/clients/{house.client_id}/edit"
    owner.get(page)
    assert "Did you mean" not in main(owner)
    owner.submit("name", redirect_uris="http://localhost:5000/cb\nhttps://rp.example.com/a\nhttps://rp.example.com/a/")
    assert owner.path == page
    assert "http://localhost:5000/cb: It works on the developer’s own computer only." in main(owner)
    assert main(owner).count("addresses match exactly.") == 2
    assert len(row_of(house).redirect_uris) == 3


def test_what_is_set_is_seen_at_a_glance_and_what_is_not_is_left_out(house, owner):
    page = f"/admin/clients/{house.client_id}"
    owner.get(page)
    assert not any(words in main(owner) for words in ("Privacy notice", "Contacts", "PKCE", "told of sign-outs"))
    owner.get(page + "/edit")
    owner.submit("name", **EVERYTHING, require_pkce=None)
    owner.get(page)
    facts = main(owner)
    texts = [line for name, text in EVERYTHING.items() if text.startswith("https") or name == "contacts"
             for line in text.split("\n")]  # fmt: skip
    assert all(escape(text) in facts for text in texts)
    assert "20 minutes" in facts
    assert "0 seconds" in facts
    assert re.search(r"<dt>PKCE</dt><dd>[^<]*not required", facts)
    assert "https://rp.example.com/signed-out" in facts


def test_each_snippet_has_its_button_to_copy(house, owner):
    page = f"/admin/clients/{house.client_id}"
    owner.get(page)
    assert copied(main(owner)) == ["snippet"]
    form = {"type": "web", "name": "New", "redirect_uris": "https://rp.example.com/callback", "scopes": "openid"}
    made = post(owner, "/admin/clients/new", form).get_data(as_text=True).split("<main")[1].split("</main>")[0]
    assert len(copied(made)) == made.count("<details") > 1


def copied(text):
    """The ids of what the buttons of a page copy; each is there once."""
    targets = re.findall(r'data-copy="([^"]+)"', text)
    assert all(text.count(f'id="{target}"') == 1 for target in targets)
    return targets
