"""Settings, API keys, webhooks and the end of tokens over the API: what may be, and what may not."""

from datetime import timedelta

import pytest

from idp.audit.models import Event
from idp.core.clock import now
from idp.core.db import db
from idp.jobs import service as jobs
from idp.sessions import service as sessions
from idp.stored_settings.catalogue import CHOICES
from tests.api.conftest import Api
from tests.api.test_routes import assert_problem
from tests.api.test_rules import person_token  # noqa: F401 - a fixture

SETTING = "/settings/tokens.access"


def change(api, path, value, **headers):
    return api("PATCH", path, {"value": value}, headers=headers or api.etag(path))


def test_a_setting_tells_its_origin_is_changed_and_set_back(owner):
    before = owner.get(SETTING).json
    assert (before["value"], before["origin"], before["version"], before["editable"]) == ("10m", "default", 0, True)
    done = change(owner, SETTING, "8m")
    assert (done.json["value"], done.json["origin"], done.json["version"]) == ("8m", "database", 1)
    assert owner.get("/settings?changed=yes&tab=tokens").json["items"][0]["name"] == "tokens.access"
    assert_problem(change(owner, SETTING, "6m", **{"If-Match": '"0"'}), 412)
    assert owner("DELETE", SETTING, headers=owner.etag(SETTING)).status_code == 204
    again = owner.get(SETTING)
    assert (again.json["value"], again.json["origin"], again.headers["ETag"]) == ("10m", "default", '"2"')


@pytest.mark.parametrize("value", ["soon", "9999d", 2**31, -5, True, [], ["5m"], "5x", ""])
def test_what_cannot_be_is_refused_and_says_why(owner, value):
    refused = change(owner, SETTING, value)
    assert_problem(refused, 422)
    assert refused.json["errors"]
    assert owner.get(SETTING).json["version"] == 0


def test_lists_and_switches_are_taken_as_json_has_them(owner):
    path = "/settings/accounts.offer_passkeys"
    assert change(owner, path, value=False).json["value"] is False
    assert change(owner, path, "on").json["value"] is True
    path = "/settings/accounts.editable"
    assert change(owner, path, ["name"]).json["value"] == ["name"]


def test_what_is_read_at_the_start_or_set_by_the_environment_stays(owner, monkeypatch):
    assert_problem(change(owner, "/settings/issuer", "https://evil.example.com"), 409)
    monkeypatch.setenv("IDP_TOKENS__ACCESS", "3m")
    assert_problem(change(owner, SETTING, "10m"), 422)
    assert not owner.get(SETTING).json["editable"]
    hidden = owner.get("/settings/database.url").json
    assert (hidden["value"], hidden["default"]) == (None, None)


def test_a_key_makes_none_that_may_do_more_or_lives_longer_than_itself(callers, app):
    ends = now() + timedelta(days=10)
    small = Api(app, callers.key(callers.owner_id, ["admin.audit.read"], expires_at=ends))
    body = {"label": "second", "permissions": ["admin.audit.read"], "days": 365}
    assert_problem(small.post("/api-keys", {**body, "permissions": ["admin.keys.write"]}), 403)
    made = small.post("/api-keys", body)
    assert made.status_code == 201
    assert made.json["expires_at"][:16] == ends.isoformat()[:16]
    second = Api(app, made.json["key"])
    assert second.get("/audit").status_code == 200
    assert made.json["key"] not in second.get("/api-keys").get_data(as_text=True)
    forever = small.post("/api-keys", {"label": "third", "permissions": ["admin.audit.read"]})
    assert forever.json["expires_at"] == made.json["expires_at"]
    with app.app_context():
        assert made.json["key"] not in " ".join(str(event.detail) for event in db.session.query(Event))


def test_a_token_makes_no_key_for_that_would_outlive_what_was_allowed(callers, person_token):  # noqa: F811
    api = person_token(callers.owner_id, "admin.audit.read")
    assert_problem(api.post("/api-keys", {"label": "x", "permissions": ["admin.audit.read"]}), 403)


def test_one_sees_and_revokes_ones_own_keys_and_others_only_with_the_permission(callers, owner):
    ann = callers.somebody("admin.audit.read", email="ann@example.com")
    mine = ann.get("/api-keys").json["items"]
    assert [row["label"] for row in mine] == ["test"]
    assert_problem(ann.get(f"/api-keys?user_id={callers.owner_id}"), 403)
    theirs = owner.get(f"/api-keys?user_id={callers.owner_id}").json["items"][0]
    assert_problem(ann("DELETE", f"/api-keys/{theirs['id']}"), 404)
    small = callers.limited("admin.settings.read", "admin.settings.write")
    assert_problem(small("DELETE", f"/api-keys/{theirs['id']}"), 403)
    assert_problem(owner("DELETE", "/api-keys/x"), 404)
    assert owner("DELETE", f"/api-keys/{mine[0]['id']}").status_code == 204
    assert_problem(ann.get("/audit"), 401)


def test_a_webhook_is_made_its_secret_told_once_and_its_deliveries_followed(owner):
    made = owner.post("/webhooks", {"name": "crm", "url": "https://crm.example.com/x", "events": ["webhook.tested"]})
    secret, path = made.json["secret"], f"/webhooks/{made.json['id']}"
    assert secret.startswith("whsec_")
    assert secret not in owner.get(path).get_data(as_text=True)
    assert owner.post(f"{path}/test").status_code == 204
    delivery = owner.get(f"{path}/deliveries?state=waiting&event=webhook.*").json["items"][0]
    assert delivery["event"] == "webhook.tested"
    assert_problem(owner.post(f"{path}/deliveries/{delivery['id']}/redeliver"), 409)
    assert owner.get(path).json["deliveries"] == {"waiting": 1, "delivered": 0, "failed": 0}
    rotated = owner.post(f"{path}/secret")
    assert rotated.json["secret"] != secret
    assert rotated.json["version"] == 2
    edited = owner("PATCH", path, {"events": ["account.*"]}, headers=owner.etag(path))
    assert (edited.json["events"], edited.json["url"]) == (["account.*"], "https://crm.example.com/x")
    for body, field in (({"url": "http://crm.example.com"}, "url"), ({"events": ["nothing.at_all"]}, "events")):
        assert owner("PATCH", path, body, headers=owner.etag(path)).json["errors"][0]["field"] == field
    taken = {"name": "crm", "url": "https://crm.example.com", "events": ["*"]}
    assert_problem(owner.post("/webhooks", taken), 409)
    assert owner("DELETE", path, headers=owner.etag(path)).status_code == 204


def test_tokens_of_a_person_and_of_an_app_end(owner, callers, place, arrange):
    other = arrange.family(callers.owner_id, place.client_id)
    rows = owner.get(f"/grants?client_id={place.client_id}&state=live").json["items"]
    assert [row["id"] for row in rows] == [other, place.grant_id]
    low = callers.somebody("admin.sessions.revoke", "admin.users.read")
    assert_problem(low("DELETE", f"/grants/{other}"), 403)
    assert_problem(low.post(f"/clients/{place.client_id}/revoke-grants"), 403)
    assert low("DELETE", f"/grants/{place.grant_id}").status_code == 204
    assert_problem(low("DELETE", f"/grants/{place.grant_id}"), 404)
    assert owner.post(f"/clients/{place.client_id}/revoke-grants").json == {"ended": 1}
    assert owner.get("/grants?state=live").json["items"] == []


def test_everybody_is_signed_out_by_who_may_act_on_owners(owner, callers, place, app):
    assert_problem(callers.somebody("admin.sessions.revoke").post("/sessions/end-all"), 403)
    assert_problem(owner.get("/sessions/end-all"), 404)
    begun = owner.post("/sessions/end-all").json
    assert (begun["total"], begun["done"]) == (1, 0)
    assert owner.get("/sessions/end-all").json == begun
    with app.app_context():
        while jobs.run_due():
            pass
        assert sessions.live_sessions(place.victim) == []
    assert owner.get("/sessions/end-all").json == {**begun, "state": "done", "done": 1}


def test_people_are_handed_in_looked_at_and_imported(owner, app):
    rows = [{"email": "dora@example.com", "name": "Dora"}, {"email": "nobody"}]
    draft = owner.post("/imports", {"rows": rows})
    assert (draft.status_code, draft.json["state"], draft.json["create"], draft.json["error"]) == (201, "draft", 1, 1)
    assert draft.json["problems"][0]["line"] == 2
    path = f"/imports/{draft.json['id']}"
    assert owner.get("/users?search=dora").json["items"] == []
    assert owner.post(f"{path}/start").json["state"] == "waiting"
    assert_problem(owner.post(f"{path}/start"), 409)
    with app.app_context():
        while jobs.run_due():
            pass
    assert [owner.get(path).json[name] for name in ("state", "done", "create")] == ["done", 2, 1]
    assert len(owner.get("/users?search=dora").json["items"]) == 1
    other = owner.post("/imports", {"rows": rows[:1]}).json["id"]
    assert owner.post(f"/imports/{other}/cancel").json["state"] == "cancelled"
    assert_problem(owner.post("/imports", {"rows": [{"odd": "x"}]}), 422)
    assert_problem(owner.get("/imports/x"), 404)


def test_an_import_may_no_more_than_the_key_that_started_it(callers, app, owner):
    """The worker does it in the name of an owner, whose small key it was."""
    small = callers.limited("admin.users.read", "admin.users.write", "admin.roles.write")
    ours = {"email": "owner@example.com", "name": "Taken over"}
    rows = [{"email": "friend@example.com", "roles": ["owner"]}, ours]
    draft = owner.post("/imports", {"rows": rows})
    assert draft.json["error"] == 0
    assert small.post("/imports", {"rows": rows}).json["error"] == 2
    assert small.post(f"/imports/{draft.json['id']}/start").status_code == 200
    with app.app_context():
        while jobs.run_due():
            pass
    assert owner.get(f"/imports/{draft.json['id']}").json["error"] == 2
    assert owner.get("/users?search=friend").json["items"] == []
    assert owner.get(f"/users/{callers.owner_id}").json["name"] != "Taken over"


ODD = [None, True, -1, 2**31, 2**63, 1.5, "", "1h", "9" * 400, ["x"], {"a": 1}]


def test_no_value_of_any_setting_makes_the_server_fail(owner):
    for name in CHOICES:
        path, version = f"/settings/{name}", 0
        for value in ODD:
            answer = change(owner, path, value, **{"If-Match": f'"{version}"'})
            assert answer.status_code in {200, 400, 409, 422}, (name, value, answer.get_data(as_text=True))
            if answer.status_code == 200:
                assert owner("DELETE", path, headers=owner.etag(path)).status_code == 204
                version = owner.get(path).json["version"]
