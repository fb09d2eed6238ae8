"""What the API works out: what a person may do, who has a permission, what tokens would say, whether the trail holds."""

from datetime import timedelta

from sqlalchemy import update

from idp.access import assignments, catalogue
from idp.audit import chain
from idp.audit.models import Event
from idp.clients import service as clients
from idp.core.clock import now
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey
from tests.api.test_lists import walk
from tests.api.test_routes import assert_problem

API = "https://api.example.com"


def give(place, *people, group=()):
    """Let people read things by the role of a writer, themselves or by a group."""

    def act():
        catalogue.add_to_role(catalogue.get_role("writer"), API, "things.read", actor="system")
        for person in people:
            assignments.grant_role(person, "writer", actor="system")
        for person in group:
            assignments.add_member("people", person, actor="system")
        assignments.grant_role_to_group("people", "writer", actor="system")

    place.callers.arrange.run(act)


def test_what_a_person_may_do_comes_with_the_ways(owner, place):
    give(place, place.victim, group=[place.victim])
    way = {"api": API, "permission": "things.read", "role": "writer", "through": [], "comes_with": None}
    found = owner.get(f"/users/{place.victim}/permissions").json
    assert found["next"] is None
    assert sorted(found["items"], key=lambda one: one["group"] or "") == [
        {**way, "group": None}, {**way, "group": "people"}
    ]  # fmt: skip
    assert_problem(owner.get("/users/nobody/permissions"), 404)


def test_who_has_a_permission_is_there_once_with_every_way_on_whatever_page(owner, place, factory):
    crowd = [factory.user() for _number in range(5)]
    give(place, *crowd[:3], group=crowd[1:])
    path = f"/apis/{place.api_id}/permissions/{place.permission_id}/people"
    found = walk(owner, f"{path}?")
    assert [one["id"] for one in found] == sorted(crowd)
    ways = {one["id"]: [way["group"] for way in one["ways"]] for one in found}
    assert ways == {
        crowd[0]: [None], crowd[1]: [None, "people"], crowd[2]: [None, "people"], crowd[3]: ["people"],
        crowd[4]: ["people"],
    }  # fmt: skip
    assert_problem(owner.get(f"/apis/{place.api_id}/permissions/nothing/people"), 404)


def test_what_tokens_would_say_is_told_with_reasons_and_nothing_is_kept(owner, place, arrange):
    arrange.run(clients.update_client, place.client_id, {"scopes": ["openid", "email"]})
    path = f"/clients/{place.client_id}/token-preview"
    found = owner.get(f"{path}?user=victim@example.com&scope=openid email profile").json
    assert found["userinfo"]["claims"]["email"] == "victim@example.com"
    assert (found["refusal"], found["userinfo"]["absent"]) == (None, None)
    assert found["refused_scopes"][0]["name"] == "profile"
    assert {"name": "sub", "why": "the person’s id", "value": place.victim} in found["id_token"]["sources"]
    assert owner.get(f"{path}?user={place.victim}").json["userinfo"]["claims"]["email"] == "victim@example.com"
    assert_problem(owner.get(path), 422)
    assert_problem(owner.get(f"{path}?user=nobody@example.com"), 404)
    assert_problem(owner.get(f"{path}?user={place.victim}&resource=https://elsewhere.example.com"), 422)


def test_the_trail_is_checked_part_by_part(owner, place, arrange, monkeypatch):
    monkeypatch.setattr("idp.api.audit._PART", 5)
    arrange.run(chain.seal_events)
    sealed, head = arrange.run(chain.head)
    assert sealed > 5
    seen, after = [], ""
    while after is not None:
        part = owner.get(f"/audit/integrity?after={after}").json
        assert part["intact"]
        seen, after = [*seen, part["position"]], part["next"]
    assert (seen[0], seen[-1], part["head"]) == (5, sealed, head)
    arrange.execute(update(Event).where(Event.position == 7).values(subject="user:somebody"))
    assert owner.get("/audit/integrity").json["intact"]
    broken = owner.get("/audit/integrity?after=5").json
    assert (broken["intact"], broken["first_bad"], broken["next"]) == (False, 7, None)
    assert owner.get("/audit/integrity?after=999999").json["intact"] is False


def test_a_key_whose_tokens_may_be_alive_is_retired_at_once_only_when_asked(owner, place, arrange):
    place.spend_key()
    kid = place.kid()
    active = arrange.run(keyring.active_kid)
    arrange.execute(update(SigningKey).where(SigningKey.kid == kid).values(retire_at=now() + timedelta(hours=1)))
    assert_problem(owner.post(f"/keys/{kid}/retire", {}), 409)
    assert_problem(owner.post(f"/keys/{active}/retire", {}), 409)
    assert_problem(owner.post("/keys/nothing/retire", {"at_once": True}), 404)
    done = owner.post(f"/keys/{kid}/retire", {"at_once": True})
    assert (done.status_code, done.json["state"]) == (200, "retired")
    assert_problem(owner.post(f"/keys/{kid}/retire", {"at_once": True}), 409)
