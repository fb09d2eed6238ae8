"""How the API reads a request, and whom it lets do what to whom."""

from datetime import timedelta

import pytest

from idp.access import assignments, catalogue
from idp.access import service as access
from idp.access.permissions import PERMISSIONS
from idp.accounts.lifecycle import states
from idp.api_keys import service as keys
from idp.audit.models import Event
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients import service as clients
from idp.core.clock import now
from idp.core.db import db
from tests.api.conftest import Api
from tests.api.test_routes import assert_problem

JSON = {"Content-Type": "application/json"}


def events(app, tag):
    with app.app_context():
        return db.session.query(Event).filter(Event.tag == tag).count()


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"name": "a", "more": 1}', "application/json", 422),
        (b'{"name": 5}', "application/json", 422),
        (b'{"name": "a\\u0000"}', "application/json", 422),
        (b'{"name": "a b"}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"{", "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"name": "a"}', "text/plain", 415),
        (b"name=a", "application/x-www-form-urlencoded", 415),
        (b'{"name": "' + b"a" * 70_000 + b'"}', "application/json", 413),
    ],
)
def test_what_cannot_be_meant_is_refused(owner, body, media_type, status):
    response = owner("POST", "/roles", data=body, headers={"Content-Type": media_type})
    assert_problem(response, status)
    assert owner.get("/roles").json["items"][-1]["name"] != "a"


@pytest.mark.parametrize(
    "query",
    ["more=1", "limit=0", "limit=101", "limit=x", "limit=1.0", "limit=1&limit=2", "after=%00", "state=odd", "%00=1"],
)
def test_a_query_that_is_not_known_is_refused(owner, query):
    assert_problem(owner.get(f"/users?{query}"), 422)


def test_errors_name_the_field_and_do_not_repeat_what_was_sent(owner):
    response = owner.post("/users", {"email": "x@example.com", "secret-thing": "hush-hush"})
    assert [line["field"] for line in response.json["errors"]] == ["secret-thing"]
    assert "hush-hush" not in response.get_data(as_text=True)
    response = owner.post("/users", {"email": "not an address"})
    assert response.json["errors"] == [{"field": "email", "detail": response.json["detail"]}]


def test_addresses_and_methods_that_are_not_there_answer_as_problems(owner):
    for path in (
        "/nothing",
        "/users/x%00y",
        "/users/01JD3Q0Z4N8V5K7T2M9X6C1B0A",
        "/audit/999999999999999999999",
        "/roles/x",
    ):
        assert_problem(owner.get(path), 404)
    response = owner("PUT", "/users", {})
    assert_problem(response, 405)
    assert response.headers["Allow"] == "GET, HEAD, POST"
    assert_problem(owner("DELETE", "/keys"), 405)
    assert_problem(owner.post("/keys/next", {"force": True}), 400)


def test_lists_come_in_pages_that_follow_one_another(owner, factory, callers):
    for number in range(5):
        factory.user(f"p{number}@example.com")
    seen, path = [], "/users?limit=2&state=active"
    while path:
        page = owner.get(path)
        seen += [row["email"] for row in page.json["items"]]
        after, link = page.json["next"], page.headers.get("Link")
        assert (after is None) == (link is None)
        path = link and link.split(">")[0].removeprefix("<https://id.example.com/api/v1")
    assert seen == ["owner@example.com", *(f"p{number}@example.com" for number in range(5))]
    assert [row["email"] for row in owner.get("/users?search=P3").json["items"]] == ["p3@example.com"]
    first = owner.get("/audit?limit=1").json
    second = owner.get(f"/audit?limit=1&after={first['next']}").json
    assert second["items"][0]["id"] < first["items"][0]["id"]
    assert owner.get("/audit?event=api_key.*&since=2020-01-01&until=2020-01-02").json["items"] == []


def test_an_app_is_added_changed_and_its_secret_told_once(owner, app):
    made = owner.post("/clients", {"name": "Shop", "redirect_uris": ["https://rp.example.com/cb"]})
    assert made.status_code == 201
    secret, path = made.json["client_secret"], "/clients/" + made.json["id"]
    assert made.headers["Location"] == "https://id.example.com/api/v1" + path
    assert secret not in owner.get(path).get_data(as_text=True)
    added = owner.post(path + "/secrets", {"label": "next", "days": 90}).json
    assert added["client_secret"].startswith("idps_")
    listed = owner.get(path + "/secrets").json["items"]
    assert [row["hint"] for row in listed] == [secret[-4:], added["client_secret"][-4:]]
    changed = owner("PATCH", path, {"client_uri": "https://rp.example.com"}, headers=owner.etag(path)).json
    assert (changed["client_uri"], changed["name"]) == ("https://rp.example.com", "Shop")
    assert owner("PATCH", path, {"client_uri": None}, headers=owner.etag(path)).json["client_uri"] is None
    bad = owner("PATCH", path, {"redirect_uris": ["javascript:alert(1)"]}, headers=owner.etag(path))
    assert_problem(bad, 422)
    assert bad.json["errors"][0]["field"] == "redirect_uris"
    with app.app_context():
        told = " ".join(str(event.detail) for event in db.session.query(Event))
        assert secret not in told
        assert added["client_secret"] not in told


def test_what_an_app_registered_is_read_and_changed_by_its_name(owner, app):
    names = {
        "contacts": ["ops@example.com"], "initiate_login_uri": "https://rp.example.com/begin", "default_max_age": 0,
        "backchannel_logout_uri": "https://rp.example.com/out", "backchannel_logout_session_required": True,
    }  # fmt: skip
    made = owner.post("/clients", {"name": "Shop", "redirect_uris": ["https://rp.example.com/cb"], **names})
    assert made.status_code == 201, made.json
    path = "/clients/" + made.json["id"]
    assert {name: owner.get(path).json[name] for name in names} == names
    change = lambda body: owner("PATCH", path, body, headers=owner.etag(path))  # noqa: E731 - short and read once
    moved = change({"backchannel_logout_uri": "https://rp.example.com/bye"}).json
    assert {**moved, "backchannel_logout_uri": names["backchannel_logout_uri"]}.items() >= names.items()
    gone = change({**dict.fromkeys(names)}).json
    nothing = {**dict.fromkeys(names), "contacts": [], "backchannel_logout_session_required": False}
    assert {name: gone[name] for name in names} == nothing
    for field, wrong in (("backchannel_logout_uri", "http://rp.example.com/"), ("initiate_login_uri", "javascript:1"),
                         ("contacts", ["\u202e"])):  # fmt: skip
        for bad in (change({field: wrong}), owner.post("/clients", {**names, "name": "X", field: wrong})):
            assert_problem(bad, 422)
            assert bad.json["errors"][0]["field"] == field
    assert_problem(change({"software_id": "x"}), 422)
    assert_problem(change({"metadata_": {}}), 422)
    with app.app_context():
        assert clients.get_client(made.json["id"]).metadata_ == {}


@pytest.mark.parametrize("field", ["backchannel_logout_uri", "initiate_login_uri"])
def test_who_may_not_vouch_does_not_move_where_an_app_that_is_ours_is_called(callers, arrange, factory, field):
    api = callers.somebody("admin.clients.read", "admin.clients.write")
    client_id, _secret = factory.client_with_secret(first_party=True, metadata_={field: "https://rp.example.com/"})
    path = f"/clients/{client_id}"
    for value in ("https://trap.example.com/", None):
        assert_problem(api("PATCH", path, {field: value}, headers=api.etag(path)), 403)
    same = {field: "https://rp.example.com/", "contacts": ["ops@example.com"]}
    assert api("PATCH", path, same, headers=api.etag(path)).json["contacts"] == ["ops@example.com"]


def test_one_cannot_make_an_app_ours_without_the_permission_to_vouch(callers):
    api = callers.somebody("admin.clients.read", "admin.clients.write")
    body = {"name": "Shop", "redirect_uris": ["https://rp.example.com/cb"]}
    assert_problem(api.post("/clients", {**body, "first_party": True}), 403)
    path = "/clients/" + api.post("/clients", body).json["id"]
    assert_problem(api("PATCH", path, {"first_party": True}, headers=api.etag(path)), 403)
    assert api("PATCH", path, {"first_party": False}, headers=api.etag(path)).status_code == 200


def test_nobody_makes_or_takes_over_an_app_that_may_do_more_than_they(callers, factory, app):
    mine = ("admin.clients.read", "admin.clients.write", "admin.clients.secrets")
    api, own = callers.somebody(*mine), "https://id.example.com/api/v1"
    body = {"name": "Robot", "type": "machine", "allowed_apis": [own], "scopes": ["admin.users.write"]}
    assert_problem(api.post("/clients", body), 403)
    assert events(app, "role.refused") == 1
    assert_problem(api.post("/clients", {**body, "scopes": ["admin.clients.read"]}), 403)
    giver = callers.somebody(*mine, "admin.roles.write", email="giver@example.com")
    assert giver.post("/clients", {**body, "scopes": ["admin.clients.read"]}).status_code == 201
    robot, _secret = factory.client_with_secret("R", type="machine", redirect_uris=[], post_logout_redirect_uris=[],
                                                allowed_apis=[own], scopes=["admin.users.write"])  # fmt: skip
    path = f"/clients/{robot}"
    assert_problem(api.post(path + "/secrets", {}), 403)
    assert_problem(api.post(path + "/disable"), 403)
    assert_problem(api("PATCH", path, {"scopes": []}, headers=api.etag(path)), 403)
    assert_problem(api("DELETE", path, headers=api.etag(path)), 403)
    mine_now = "/clients/" + api.post("/clients", {"name": "M", "type": "machine"}).json["id"]
    more = {"allowed_apis": [own], "scopes": ["admin.keys.write"]}
    assert_problem(api("PATCH", mine_now, more, headers=api.etag(mine_now)), 403)


def test_nobody_changes_somebody_who_may_do_more_nor_gives_what_they_lack(callers, owner, place):
    api = callers.somebody("admin.users.read", "admin.users.write", "admin.sessions.revoke", "admin.roles.write")
    boss = f"/users/{callers.owner_id}"
    for deed in ("disable", "lock", "reset-password", "reset-link", "sign-out"):
        assert_problem(api.post(f"{boss}/{deed}"), 403)
    assert_problem(api.post(f"{boss}/remove-second-step", {"reason": "x"}), 403)
    assert_problem(api("PATCH", boss, {"email": "evil@example.com"}, headers=api.etag(boss)), 403)
    assert_problem(api("DELETE", boss, headers=api.etag(boss)), 403)
    roles = {row["name"]: row["id"] for row in owner.get("/roles").json["items"]}
    for name in ("owner", "admin", "auditor"):
        assert_problem(api("PUT", f"/users/{place.victim}/roles/{roles[name]}"), 403)
    assert_problem(api.post("/users", {"email": "friend@example.com", "roles": ["owner"]}), 403)
    assert owner.get("/users?search=friend").json["items"] == []
    own = next(row for row in owner.get("/apis").json["items"] if row["identifier"].endswith("/api/v1"))
    names = {row["name"]: row["id"] for row in owner.get(f"/apis/{own['id']}").json["permissions"]}
    role = f"/roles/{place.role_id}/permissions"
    assert_problem(api("PUT", f"{role}/{names['admin.keys.write']}"), 403)
    assert api("PUT", f"{role}/{names['admin.users.read']}").status_code == 200


def test_a_small_key_of_an_owner_is_no_way_to_become_one(callers, factory):
    """Who could change an owner's address with it would have a new password mailed there."""
    factory.user("second@example.com", roles=("owner",))
    small = callers.limited("admin.users.read", "admin.users.write", "admin.roles.write")
    for row in small.get("/users").json["items"]:
        path = f"/users/{row['id']}"
        assert_problem(small("PATCH", path, {"email": "evil@example.com"}, headers=small.etag(path)), 403)
        assert_problem(small.post(f"{path}/remove-second-step", {"reason": "x"}), 403)
        assert_problem(small.post(f"{path}/reset-link"), 403)


def test_the_last_owner_is_never_lost(callers, owner):
    path = f"/users/{callers.owner_id}"
    role = next(row["id"] for row in owner.get("/roles").json["items"] if row["name"] == "owner")
    assert_problem(owner("DELETE", f"{path}/roles/{role}"), 409)
    assert_problem(owner.post(f"{path}/disable"), 409)
    assert_problem(owner.post(f"{path}/lock"), 409)
    assert_problem(owner("DELETE", path, headers=owner.etag(path)), 409)
    assert owner.get(path).json["roles"] == ["owner"]


def test_a_key_does_what_its_owner_may_do_at_that_moment(callers, arrange, factory):
    user = factory.user("ann@example.com", roles=("auditor",))
    api = Api(callers.app, callers.key(user, ["admin.audit.read", "admin.users.read"]))
    assert api.get("/audit").status_code == 200
    assert_problem(api.get("/clients"), 403)  # its owner may, the key may not
    arrange.run(assignments.revoke_role, user, "auditor")
    assert_problem(api.get("/audit"), 403)
    arrange.run(assignments.grant_role, user, "auditor")
    assert api.get("/audit").status_code == 200
    arrange.run(states.disable, user)
    refused = api.get("/audit")
    assert_problem(refused, 401)
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_keys_that_are_wrong_revoked_or_late_open_nothing_and_guessing_ends(callers, arrange, clock, app):
    value = callers.key(callers.owner_id, ["admin.users.read"], expires_at=now() + timedelta(days=1))
    api = Api(app, value)
    assert api.get("/users").status_code == 200
    with app.app_context():
        row = keys.list_keys()[0]
        assert row.last_used_at is not None
        assert value not in str(vars(row))
        key_id = row.id
    clock.advance(25 * 3600)
    assert_problem(api.get("/users"), 401)
    again = Api(app, callers.key(callers.owner_id, ["admin.users.read"]))
    arrange.run(lambda: [keys.revoke_key(row.id) for row in keys.list_keys() if row.id != key_id])
    assert_problem(again.get("/users"), 401)
    good = callers.owner()
    wrong = Api(app, value[:-1] + "x")
    answers = [wrong.get("/users").status_code for _try in range(32)]
    assert answers[0] == 401
    assert answers[-1] == 429
    assert wrong.get("/users").headers["Retry-After"]
    assert good.get("/users").status_code == 200  # who has a right one is not kept out by a neighbour's guesses


def test_cookies_and_tokens_in_the_address_are_not_read(app, browser, callers):
    browser.sign_in("owner@example.com")
    assert_problem(browser.http.get("/api/v1/users"), 401)
    value = callers.key(callers.owner_id, ["admin.users.read"])
    assert_problem(callers.nobody().get(f"/users?access_token={value}"), 401)
    for header in (f"Basic {value}", value, "Bearer", "Bearer x y", f"Token {value}"):
        assert_problem(callers.nobody().get("/users", headers={"Authorization": header}), 401)


def token_of_machine(rp, scope):
    answer = rp.token(grant_type="client_credentials", scope=scope, resource="https://id.example.com/api/v1")
    return answer.json["access_token"]


def machine(app, factory, *scopes):
    from tests.actors import RelyingParty

    values = {"type": "machine", "redirect_uris": [], "post_logout_redirect_uris": []}
    client_id, secret = factory.client_with_secret(
        "Robot", allowed_apis=["https://id.example.com/api/v1"], scopes=list(scopes), **values
    )
    return RelyingParty(app, client_id, secret)


def test_a_program_in_its_own_name_may_what_its_token_carries_while_it_may_ask_for_it(app, factory, callers, arrange):
    rp = machine(app, factory, "admin.users.read", "admin.users.write")
    victim = factory.user("vic@example.com")
    api = Api(app, token_of_machine(rp, "admin.users.read admin.users.write"))
    assert api.get(f"/users/{victim}").status_code == 200
    assert api.post(f"/users/{victim}/disable").status_code == 200
    assert api.post("/users", {"email": "new@example.com"}).status_code == 201
    assert_problem(api.post(f"/users/{callers.owner_id}/disable"), 403)
    assert_problem(api.get("/clients"), 403)
    with app.app_context():
        event = db.session.query(Event).filter(Event.tag == "account.disabled").one()
        assert event.actor == f"client:{rp.client_id}"
    arrange.run(clients.update_client, rp.client_id, {"scopes": ["admin.users.read"]})
    assert_problem(api.post(f"/users/{victim}/enable"), 403)
    arrange.run(clients.disable_client, rp.client_id)
    refused = api.get("/users")
    assert_problem(refused, 401)
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


@pytest.fixture
def person_token(app, factory, arrange):
    """An access token of a person for this API."""
    from tests.actors import RelyingParty

    def make(user_id, *scopes, app=app, **fields):
        own = "https://id.example.com/api/v1"
        rp = RelyingParty(app, *factory.client_with_secret("Tool", allowed_apis=[own], scopes=["openid", *scopes]))
        code = arrange.code(rp, user_id, scope=" ".join(["openid", *scopes]), resources=[own], **fields)
        return Api(app, rp.redeem(code).json["access_token"])

    return make


def test_a_persons_token_is_good_for_its_scopes_while_the_person_has_them(callers, person_token, arrange, factory):
    user = factory.user("ann@example.com", roles=("auditor",))
    api = person_token(user, "admin.audit.read")
    assert api.get("/audit").status_code == 200
    assert_problem(api.get("/users"), 403)
    arrange.run(assignments.revoke_role, user, "auditor")
    assert_problem(api.get("/audit"), 403)


def test_a_token_for_another_audience_opens_nothing(callers, rp, arrange, app):
    token = arrange.tokens(rp, callers.owner_id)["access_token"]
    assert_problem(Api(app, token).get("/users"), 401)
    assert_problem(Api(app, token[:-4] + "AAAA").get("/users"), 401)


def test_dangerous_routes_ask_a_person_to_sign_in_anew(callers, person_token, factory, place):
    """RFC 9470 §3: the challenge says what to ask the issuer for."""
    old = now() - timedelta(minutes=11)
    api = person_token(callers.owner_id, *PERMISSIONS, auth_time=old)
    assert api.get("/keys").status_code == 200
    refused = api.post("/keys/next")
    assert_problem(refused, 401)
    challenge = refused.headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'max_age="600"' in challenge
    assert person_token(callers.owner_id, *PERMISSIONS).post("/keys/next").status_code == 200


def test_what_a_role_brings_is_changed_after_a_fresh_sign_in_only(callers, person_token, place):
    api = person_token(callers.owner_id, *PERMISSIONS, auth_time=now() - timedelta(minutes=11))
    path = f"/roles/{place.role_id}"
    for change in ({"includes": ["support"]}, {"require_second_step": True}):
        assert_problem(api("PATCH", path, change, headers=api.etag(path)), 401)
    assert_problem(api.post("/roles", {"name": "clerk", "includes": ["support"]}), 401)
    assert api("PATCH", path, {"title": "Writer"}, headers=api.etag(path)).json["title"] == "Writer"
    assert api.post("/roles", {"name": "clerk"}).status_code == 201


def test_in_production_a_persons_token_needs_two_factors(callers, person_token, make_app):
    strict = make_app(admin={"require_second_step": "always"})
    refused = Api(strict, person_token(callers.owner_id, "admin.keys.read").key).get("/keys")
    assert_problem(refused, 401)
    assert 'acr_values="2"' in refused.headers["WWW-Authenticate"]
    assert Api(strict, person_token(callers.owner_id, "admin.keys.read", acr="2").key).get("/keys").status_code == 200
    assert Api(strict, callers.owner().key).get("/keys").status_code == 200


def test_nobody_may_hold_more_than_the_table_says(callers, arrange):
    """An own permission that somebody adds to our API is no permission of a key."""
    arrange.run(lambda: catalogue.add_permission(access.own_api(), "admin.everything"))
    with pytest.raises(Exception, match="no permission of that name"):
        callers.key(callers.owner_id, ["admin.everything"])


def test_events_are_found_by_what_people_and_apps_are_called(callers, owner, factory, arrange):
    ann = factory.user("ann@example.com")
    shop, _secret = factory.client_with_secret("The shop")
    arrange.run(record, Tag.CLIENT_EDITED, actor=f"user:{ann}", client_id=shop)
    for query in ("actor=ann@example.com", f"actor={ann}&client_id=The shop", f"client_id={shop}&actor=user:{ann}"):
        assert [item["event"] for item in owner.get(f"/audit?{query}").json["items"]] == ["client.edited"]
    answer = owner.get("/audit?actor=bob@example.com")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "actor")
    limited = callers.limited("admin.audit.read")
    assert limited.get("/audit?actor=ann@example.com").status_code == 422
    assert len(limited.get(f"/audit?actor=user:{ann}").json["items"]) == 1


def test_who_may_make_webhooks_may_read_what_these_would_be_told(callers):
    body = {"name": "all", "url": "https://hooks.example.com/", "events": ["*"]}
    makes, reads = (
        callers.somebody("admin.webhooks.write"),
        callers.somebody("admin.webhooks.read", email="r@example.com"),
    )
    assert makes.post("/webhooks", body).status_code == 201
    assert makes.get("/audit").status_code == 200
    assert_problem(reads.get("/audit"), 403)
