"""Roles that include roles, over the API: by name, by the version that was read, by the rules of the console."""

from idp.access import catalogue
from idp.access.names import ICONS
from idp.audit.service import find_events
from tests.api.test_routes import assert_problem


def made(owner, name, **values):
    return owner.post("/roles", {"name": name, **values}).json


def test_a_role_is_made_with_what_it_includes_and_every_answer_names_it(owner, place):
    made(owner, "reader")
    role = made(owner, "clerk", includes=["reader", "support"])
    assert role["includes"] == ["reader", "support"]
    listed = {one["name"]: one["includes"] for one in owner.get("/roles?limit=100").json["items"]}
    assert listed["clerk"] == ["reader", "support"]
    assert listed["support"] == []
    shown = owner.get(f"/roles/{role['id']}").json
    assert shown["permissions"] == []
    allowed = {one["permission"]: (one["through"], one["comes_with"]) for one in shown["allows"]}
    assert allowed["admin.users.help"] == (["support"], None)
    with place.app.app_context():
        assert find_events(tag="role.created", limit=1)[0].detail["includes"] == ["reader", "support"]
        assert not find_events(tag="role.edited")


def test_what_it_includes_changes_by_the_version_that_was_read(owner, place):
    made(owner, "reader")
    path = f"/roles/{made(owner, 'clerk')['id']}"
    tag = owner.etag(path)
    assert_problem(owner("PATCH", path, {"includes": ["reader"]}), 428)
    answer = owner("PATCH", path, {"includes": ["reader"]}, headers=tag)
    assert (answer.json["includes"], answer.json["version"]) == (["reader"], 2)
    assert_problem(owner("PATCH", path, {"includes": []}, headers=tag), 412)
    assert owner("PATCH", path, {"title": "Clerk"}, headers=owner.etag(path)).json["includes"] == ["reader"]
    assert owner("PATCH", path, {"includes": []}, headers=owner.etag(path)).json["includes"] == []


def test_loops_the_owner_and_what_is_unknown_are_refused(owner):
    reader, clerk = made(owner, "reader"), made(owner, "clerk", includes=["reader"])
    for role, includes, status in (
        (reader, ["clerk"], 409), (reader, ["reader"], 409), (reader, ["owner"], 409), (reader, ["nothing"], 404),
        (reader, ["a b"], 422), (reader, ["x"] * 51, 422),
    ):  # fmt: skip
        path = f"/roles/{role['id']}"
        assert_problem(owner("PATCH", path, {"includes": includes}, headers=owner.etag(path)), status)
        assert owner.get(path).json["version"] == 1
    path = f"/roles/{reader['id']}"
    assert_problem(owner("DELETE", path, headers=owner.etag(path)), 409)
    assert owner("DELETE", f"/roles/{clerk['id']}", headers=owner.etag(f"/roles/{clerk['id']}")).status_code == 204
    assert owner("DELETE", path, headers=owner.etag(path)).status_code == 204


def test_nobody_includes_what_they_could_not_give(owner, callers, place):
    support = {"includes": ["support"]}
    role = made(owner, "clerk")
    limited = callers.limited("admin.roles.read", "admin.roles.write")
    path = f"/roles/{role['id']}"
    assert_problem(limited("PATCH", path, support, headers=limited.etag(path)), 403)
    assert_problem(limited.post("/roles", {"name": "other", **support}), 403)
    with place.app.app_context():
        assert len(find_events(tag="role.refused")) == 2
        assert "other" not in {row.name for row in catalogue.list_roles()}


def test_the_way_names_the_roles_between(owner, place, arrange, factory):
    arrange.run(lambda: catalogue.create_role("helper", includes=["support"]))
    user_id = factory.user(roles=("helper",))
    found = owner.get(f"/users/{user_id}/permissions").json["items"]
    assert {(one["role"], tuple(one["through"])) for one in found} == {("helper", ("support",))}
    assert owner.get(f"/users/{user_id}").json["roles"] == ["helper", "support"]


def test_what_consent_says_in_other_languages_is_changed_as_a_whole_or_left(owner, place):
    path = f"/apis/{place.api_id}/permissions"
    made = owner.post(path, {"name": "things.write", "titles": {"de": "Dinge schreiben", "fr": ""}}).json
    assert made["titles"] == {"de": "Dinge schreiben"}
    one = f"{path}/{made['id']}"
    texts = {"title": "Write things", "description": ""}
    assert owner("PATCH", one, texts, headers=owner.etag(one)).json["titles"] == {"de": "Dinge schreiben"}
    changed = owner("PATCH", one, {**texts, "titles": {"es": "Escribir"}}, headers=owner.etag(one)).json
    assert changed["titles"] == {"es": "Escribir"}
    for titles in ({"xx": "x"}, {"de": "x" * 201}, {"de": None}, ["de"]):
        assert_problem(owner("PATCH", one, {**texts, "titles": titles}, headers=owner.etag(one)), 422)
    assert owner.get(one).json["titles"] == {"es": "Escribir"}


def test_an_icon_is_chosen_from_those_there_are_or_left(owner, place):
    path = f"/apis/{place.api_id}/permissions"
    assert owner.post(path, {"name": "things.list"}).json["icon"] == "key"
    made = owner.post(path, {"name": "things.delete", "icon": "trash"}).json
    assert made["icon"] == "trash"
    one = f"{path}/{made['id']}"
    texts = {"title": "Delete things", "description": ""}
    assert owner("PATCH", one, texts, headers=owner.etag(one)).json["icon"] == "trash"
    assert owner("PATCH", one, {**texts, "icon": "bell"}, headers=owner.etag(one)).json["icon"] == "bell"
    for icon in ("skull", "", 7):
        assert_problem(owner("PATCH", one, {**texts, "icon": icon}, headers=owner.etag(one)), 422)
        assert_problem(owner.post(path, {"name": "things.burn", "icon": icon}), 422)
    assert owner.get(one).json["icon"] == "bell"
    listed = {each["name"]: each["icon"] for each in owner.get(f"/apis/{place.api_id}").json["permissions"]}
    assert listed["things.delete"] == "bell"
    schemas = owner.get("/openapi.json").json["components"]["schemas"]
    for schema in ("Permission", "PermissionNew"):
        assert schemas[schema]["properties"]["icon"]["enum"] == list(ICONS)
