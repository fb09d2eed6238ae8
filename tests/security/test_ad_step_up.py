"""AD-09: what would make a borrowed session somebody's own for good asks first who sits there, by every door."""

from datetime import timedelta

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.permissions import PERMISSIONS
from idp.accounts import service as accounts
from idp.core.clock import now
from idp.webhooks import service as webhooks
from tests.actors import Browser, RelyingParty
from tests.admin.house import post
from tests.api.conftest import Api
from tests.api.test_routes import assert_problem

OWNER, THIEF = "owner@example.com", "thief@example.com"
OWN = "https://id.example.com/api/v1"


@pytest.fixture
def owner(factory):
    return factory.user(OWNER, roles=("owner",))


@pytest.fixture
def thief(factory):
    return factory.user(THIEF)


@pytest.fixture
def console(app, owner, clock):
    """A browser that an owner left open eleven minutes ago."""
    browser = Browser(app)
    browser.sign_in(OWNER)
    clock.advance(11 * 60)
    return browser


@pytest.fixture
def api(app, owner, factory, arrange):
    """A program with a token from a sign-in eleven minutes ago."""
    scopes = ["openid", *PERMISSIONS]
    rp = RelyingParty(app, *factory.client_with_secret("Tool", allowed_apis=[OWN], scopes=scopes))
    old = now() - timedelta(minutes=11)
    code = arrange.code(rp, owner, scope=" ".join(scopes), resources=[OWN], auth_time=old)
    return Api(app, rp.redeem(code).json["access_token"])


def assert_asked(answer):
    """Tell that an answer is the question who it is: of the console, or of the API."""
    if answer.status_code == 303:
        assert "/reauth" in answer.headers["Location"]
        return
    assert_problem(answer, 401)
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]


def test_ad09_a_role_is_not_given_by_whoever_finds_a_screen_unlocked(console, thief, arrange):
    group = arrange.made(catalogue.create_group, "board")
    arrange.run(access.grant_role_to_group, "board", "owner")
    plain = arrange.made(catalogue.create_group, "plain")
    for address, form in {
        f"/admin/users/{thief}/roles": {"role": "owner"},
        "/admin/users/bulk/role": {"user": thief, "role": "owner"},
        f"/admin/groups/{group}/members": {"person": THIEF},
        f"/admin/groups/{plain}/roles": {"role": "owner"},
        "/admin/users/new": {"email": "new@example.com", "role": "owner"},
    }.items():
        assert_asked(post(console, address, form))
    assert arrange.run(access.role_names, thief) == []
    assert arrange.run(accounts.find_by_email, "new@example.com") is None
    assert post(console, "/admin/users/new", {"email": "new@example.com", "role": ""}).status_code == 303
    assert arrange.run(accounts.find_by_email, "new@example.com") is not None


def test_ad09_a_role_is_not_given_by_an_old_token(api, thief, arrange):
    role = arrange.run(lambda: access.get_role("owner").id)
    group = arrange.made(catalogue.create_group, "board")
    for path in (f"/users/{thief}/roles/{role}", f"/groups/{group}/members/{thief}", f"/groups/{group}/roles/{role}"):
        assert_asked(api("PUT", path))
    assert_asked(api.post("/users", {"email": "new@example.com", "roles": ["owner"]}))
    assert api.post("/users", {"email": "new@example.com"}).status_code == 201
    assert arrange.run(access.role_names, thief) == []


@pytest.mark.parametrize("whose", ["owner", "thief"])
def test_ad09_an_address_is_not_moved_without_asking(console, api, request, arrange, whose):
    """Who reads the mails of an account gets in by a new password: of one's own account no less than of others'."""
    user_id = request.getfixturevalue(whose)
    email = arrange.run(accounts.get_user, user_id).email
    form = {"name": "Renamed", "username": "", "email": "elsewhere@example.com"}
    version = {"version": str(arrange.run(accounts.get_user, user_id).version)}
    assert_asked(post(console, f"/admin/users/{user_id}/edit", {**form, **version}))
    path = f"/users/{user_id}"
    assert_asked(api("PATCH", path, {"email": "elsewhere@example.com"}, headers=api.etag(path)))
    assert arrange.run(accounts.get_user, user_id).email == email
    assert api("PATCH", path, {"name": "Other", "email": email}, headers=api.etag(path)).status_code == 200
    version = {"version": str(arrange.run(accounts.get_user, user_id).version)}
    answer = post(console, f"/admin/users/{user_id}/edit", {**form, **version, "email": email})
    assert "/reauth" not in answer.headers["Location"]
    assert arrange.run(accounts.get_user, user_id).name == "Renamed"


def test_ad09_what_happens_here_is_not_sent_elsewhere_without_asking(console, api, arrange):
    """To add a webhook asks; to move one would tell the whole trail to whoever is there, too."""
    made = {"url": "https://crm.example.com/", "events": ["account.*"]}
    hook_id = arrange.run(lambda: webhooks.create_endpoint("crm", **made)[0].id)
    form = {"url": "https://trap.example.com/", "events": "*", "label": "", "version": "1"}
    assert_asked(post(console, "/admin/webhooks/crm/edit", form))
    assert_asked(api("PATCH", f"/webhooks/{hook_id}", {"url": form["url"]}, headers={"If-Match": '"1"'}))
    assert arrange.run(lambda: webhooks.get_endpoint("crm").url) == made["url"]


def test_ad09_an_app_gets_no_other_keys_by_an_old_token(api, factory):
    """In the console its keys ask; over the API they came with a change of its name."""
    robot, _secret = factory.client_with_secret("Robot", type="machine", redirect_uris=[], scopes=[],
                                                post_logout_redirect_uris=[])  # fmt: skip
    path = f"/clients/{robot}"
    mine = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://trap.example.com/jwks"}
    assert_asked(api("PATCH", path, mine, headers=api.etag(path)))
    assert api.get(path).json["token_endpoint_auth_method"] == "client_secret_basic"
    assert api("PATCH", path, {"name": "Robot 2"}, headers=api.etag(path)).status_code == 200
