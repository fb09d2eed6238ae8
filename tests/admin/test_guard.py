"""Who may do what to which app: the console and the API ask one rule, and nobody gains by the other door."""

import json

import pytest

from idp.accounts.service import get_by_name
from idp.api_keys import service as keys
from idp.audit.tags import Tag
from idp.clients import service as clients
from tests.admin.house import AS_IT_WAS, House, post, public_keys, somebody
from tests.api.conftest import Api
from tests.api.test_routes import assert_problem

MINE = ["admin.clients.read", "admin.clients.write", "admin.clients.secrets"]
TRAP = "https://trap.example.com/cb"


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


@pytest.fixture
def developer(house):
    return somebody(house, MINE)


@pytest.fixture
def api(app, arrange, developer):
    """The same developer with a key."""
    user = arrange.run(get_by_name, "someone@example.com")
    return Api(app, arrange.run(keys.add_key, user.id, label="test", permissions=MINE)[1])


def version(house, client_id):
    return str(house.arrange.run(clients.get_client, client_id).version)


@pytest.mark.parametrize("field", ["redirect_uris", "post_logout_redirect_uris"])
def test_only_who_vouches_moves_an_address_of_an_app_that_is_ours(house, developer, api, field):
    house.arrange.run(clients.update_client, house.client_id, {"first_party": True})
    row = house.arrange.run(clients.get_client, house.client_id)
    same = {"name": "Shop", "scopes": "openid", **AS_IT_WAS, "redirect_uris": "\n".join(row.redirect_uris),
            "post_logout_redirect_uris": "\n".join(row.post_logout_redirect_uris)}  # fmt: skip
    browser, page = developer, f"/admin/clients/{house.client_id}/edit"
    refused = house.count(Tag.ROLE_REFUSED)
    assert post(browser, page, {**same, field: TRAP, "version": str(row.version)}).status_code == 403
    path = f"/clients/{house.client_id}"
    for body in ({field: [TRAP]}, {field: [TRAP], "first_party": False}, {field: [TRAP], "first_party": None},
                 {"first_party": None}, {field: []}):  # fmt: skip
        assert_problem(api("PATCH", path, body, headers=api.etag(path)), 403)
    assert house.count(Tag.ROLE_REFUSED) == refused + 6
    assert post(browser, page, {**same, "name": "Renamed", "version": str(row.version)}).status_code == 303
    assert api("PATCH", path, {field: getattr(row, field)}, headers=api.etag(path)).status_code == 200


def test_only_who_vouches_changes_the_keys_of_an_app_that_is_ours(house, developer, api):
    house.arrange.run(clients.update_client, house.robot_id, {"first_party": True})
    browser, path = developer, f"/clients/{house.robot_id}"
    for typed in ({"jwks": json.dumps(public_keys("mine"))}, {"jwks_uri": "https://trap.example.com/jwks"}):
        form = {**typed, "version": version(house, house.robot_id)}
        assert post(browser, f"/admin{path}/keys", form).status_code == 403
    body = {"jwks": None, "jwks_uri": "https://trap.example.com/jwks"}
    assert_problem(api("PATCH", path, body, headers=api.etag(path)), 403)


def test_keys_are_secrets_by_every_door(house, api, app, arrange):
    """Who may change apps but not their secrets puts no key of their own in."""
    user = arrange.run(get_by_name, "someone@example.com")
    few = Api(app, arrange.run(keys.add_key, user.id, label="few", permissions=MINE[:2])[1])
    path = f"/clients/{house.robot_id}"
    for body in ({"jwks": public_keys("mine")}, {"jwks": None, "jwks_uri": "https://trap.example.com/jwks"},
                 {"token_endpoint_auth_method": "client_secret_basic"}):  # fmt: skip
        assert_problem(few("PATCH", path, body, headers=few.etag(path)), 403)
    assert few("PATCH", path, {"name": "Robot 2"}, headers=few.etag(path)).status_code == 200
    assert api("PATCH", path, {"jwks": public_keys("mine")}, headers=api.etag(path)).status_code == 200


def test_nobody_touches_an_app_that_may_do_more_than_they(house, developer, api):
    """Who gives it a secret or keys acts as it; who turns it on again undoes what somebody above did."""
    change = {"allowed_apis": [house.api()], "scopes": ["admin.users.write"]}
    for client_id in (house.client_id, house.robot_id):
        house.arrange.run(clients.update_client, client_id, change)
    browser, page = developer, f"/admin/clients/{house.client_id}"
    secret = f"/secrets/{house.secret_id()}/remove"
    edit = {"name": "Shop", "redirect_uris": TRAP, "version": version(house, house.client_id)}
    for deed, form in (("/secrets", {}), (secret, {}), ("/disable", {}), ("/enable", {}), ("/delete", {"typed": "Shop"}),
                       ("/edit", edit), ("/access", {"version": edit["version"]})):  # fmt: skip
        assert post(browser, page + deed, form).status_code == 403, deed
    mine = {"jwks": json.dumps(public_keys("mine")), "version": version(house, house.robot_id)}
    assert post(browser, f"/admin/clients/{house.robot_id}/keys", mine).status_code == 403
    path = f"/clients/{house.client_id}"
    for deed in ("/secrets", "/disable", "/enable"):
        assert_problem(api.post(path + deed, {} if deed == "/secrets" else None), 403)
    assert_problem(api("DELETE", f"{path}/secrets/{house.secret_id()}"), 403)


def test_a_right_over_this_house_comes_to_an_app_by_no_door(house, developer, api):
    """The scope first, the API later; or the API first."""
    own = house.api()
    browser, page = developer, f"/admin/clients/{house.client_id}"
    house.arrange.run(clients.update_client, house.client_id, {"scopes": ["openid", "admin.users.write"]})
    form = {"allowed_apis": own, "version": version(house, house.client_id)}
    assert post(browser, page + "/access", form).status_code == 422, "it is not offered"
    path = f"/clients/{house.client_id}"
    assert_problem(api("PATCH", path, {"allowed_apis": [own]}, headers=api.etag(path)), 403)
    house.arrange.run(clients.update_client, house.client_id, {"scopes": ["openid"], "allowed_apis": [own]})
    form = {"name": "Shop", "redirect_uris": "https://rp.example.com/callback", "scopes": "openid admin.users.write",
            "version": version(house, house.client_id)}  # fmt: skip
    assert post(browser, page + "/edit", form).status_code == 403
    assert_problem(api("PATCH", path, {"scopes": ["admin.clients.read"]}, headers=api.etag(path)), 403)
