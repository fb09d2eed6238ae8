"""Roles that include roles: what their holders may, what is refused, and who is told why."""

import pytest

from idp.access import catalogue, holders
from idp.access import service as access
from idp.access.derived import inheritance, paths
from idp.access.errors import LastOwner
from idp.access.guards import level
from idp.access.people import holders_of, roles_of_people
from idp.accounts.service import get_user
from idp.audit.service import find_events
from idp.authn import policy
from idp.core.db import db
from idp.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound
from tests.racing import race

SHOP = "https://shop.example/api"


@pytest.fixture
def shop(context):
    """An API, and a chief who has what an editor may, who has what a reader may; a group of chiefs."""
    catalogue.create_api(SHOP, name="Shop")
    for name in ("read", "write", "close"):
        catalogue.add_permission(SHOP, name)
    for role, permission, includes in (("reader", "read", []), ("editor", "write", ["reader"]),
                                       ("chief", "close", ["editor"])):  # fmt: skip
        catalogue.create_role(role, permissions=[(SHOP, permission)], includes=includes)
    catalogue.create_group("board")
    access.grant_role_to_group("board", "chief")
    return access.find_api(SHOP)


def include(role, *others, actor="system"):
    return catalogue.edit_role(access.get_role(role), includes=others, actor=actor)


def selected(query):
    return set(db.session.execute(query).scalars())


def test_who_has_a_role_has_what_it_includes_however_deep(factory, shop):
    user_id, editor = factory.user(roles=["chief"]), factory.user(roles=["editor"])
    assert access.role_names(user_id) == ["chief", "editor", "reader"]
    assert access.permission_names(user_id) == {"read", "write", "close"}
    assert access.permission_names(editor, shop.id) == {"read", "write"}
    assert roles_of_people([user_id, editor]) == {
        user_id: ["chief", "editor", "reader"], editor: ["editor", "reader"],
    }  # fmt: skip
    assert selected(holders_of("reader")) == {user_id, editor}
    assert selected(holders_of("chief")) == {user_id}


def test_what_comes_by_a_group_includes_as_well_and_is_gone_with_it(factory, shop):
    user_id = factory.user()
    access.add_member("board", user_id)
    assert access.role_names(user_id) == ["chief", "editor", "reader"]
    include("chief")
    assert access.role_names(user_id) == ["chief"]
    assert access.permission_names(user_id) == {"close"}


def test_two_ways_to_a_role_name_it_once(factory, shop):
    include("chief", "editor", "reader")
    user_id = factory.user(roles=["chief", "reader"])
    assert access.role_names(user_id) == ["chief", "editor", "reader"]
    access.revoke_role(user_id, "chief")
    assert access.role_names(user_id) == ["reader"]


def test_no_role_includes_itself_by_whatever_way(shop):
    for role, others in (("reader", ["reader"]), ("reader", ["editor"]), ("reader", ["chief"]), ("editor", ["chief"])):
        with pytest.raises(Conflict, match="No role includes itself"):
            include(role, *others)
    assert inheritance.included_by_name() == {"editor": ["reader"], "chief": ["editor"]}


def let_include(role, other):
    catalogue.edit_role(access.get_role(role), includes=[other], actor="system")
    return role


def test_of_two_who_close_a_loop_at_once_one_is_refused(race_settings, shop):
    catalogue.create_role("one")
    catalogue.create_role("two")
    place = "tests.access.test_inheritance:let_include"
    answers = race(race_settings, place, [("one", "two"), ("two", "one")])
    assert answers.count("Conflict") == 1
    db.session.rollback()
    assert len(inheritance.included_by_name().keys() & {"one", "two"}) == 1


def test_built_in_roles_include_nothing_and_owner_is_included_by_none(shop):
    with pytest.raises(Conflict, match="comes with the house"):
        include("support", "reader")
    with pytest.raises(Conflict, match="owner"):
        include("editor", "owner")
    with pytest.raises(Conflict, match="owner"):
        catalogue.create_role("vice", includes=["owner"])
    include("editor", "support")
    with pytest.raises(NotFound):
        include("editor", "nothing")
    with pytest.raises(DomainError):
        include("editor", *(f"role{number}" for number in range(51)))


def test_the_last_owner_stays_and_no_include_makes_another(factory, shop):
    owner = factory.user(roles=["owner", "chief"])
    factory.user(roles=["chief"])
    with pytest.raises(LastOwner):
        access.revoke_role(owner, "owner")


def test_a_role_that_others_include_is_not_deleted(shop):
    with pytest.raises(Conflict, match="editor"):
        catalogue.delete_role(access.get_role("reader"))
    include("editor")
    catalogue.delete_role(access.get_role("reader"))
    catalogue.delete_role(access.get_role("chief"))
    assert inheritance.included_by_name() == {}


def test_a_change_is_on_record_with_before_and_after_and_nothing_is_when_nothing_changed(shop):
    count = len(find_events(tag="role.edited"))
    assert include("editor", "reader").version == 1
    assert len(find_events(tag="role.edited")) == count
    catalogue.edit_role(access.get_role("editor"), title="Editor", includes=["support"])
    newest = find_events(tag="role.edited", limit=1)[0]
    assert newest.detail == {
        "fields": ["includes", "title"], "before": {"includes": ["reader"], "title": ""},
        "after": {"includes": ["support"], "title": "Editor"},
    }  # fmt: skip
    assert access.get_role("editor").version == 2
    made = find_events(tag="role.created", subject="role:editor")[0]
    assert made.detail["includes"] == ["reader"]
    with pytest.raises(ChangedMeanwhile):
        catalogue.edit_role(access.get_role("editor"), includes=[], expected_version=1)


def test_who_holds_a_role_that_includes_one_with_a_second_step_needs_it(factory, shop):
    user_id = factory.user(roles=["chief"])
    assert not policy.requires_second_step(get_user(user_id))
    catalogue.edit_role(access.get_role("reader"), require_second_step=True)
    assert policy.requires_second_step(get_user(user_id))
    include("editor")
    assert not policy.requires_second_step(get_user(user_id))


# Nobody lets a role include what they could not give.


@pytest.fixture
def people(factory, shop):
    catalogue.create_role("roles-only", permissions=[(access.own_api(), "admin.roles.write")])
    return {name: factory.user(roles=[name]) for name in ("admin", "roles-only", "owner", "support")}


@pytest.mark.parametrize("other", ["admin", "support", "auditor"])
def test_ad04_no_role_includes_what_is_above_the_level_of_who_decides(people, other):
    actor = f"user:{people['roles-only']}"
    catalogue.create_role("harmless", includes=[other])
    for wanted in (other, "harmless"):
        with pytest.raises(Forbidden):
            include("editor", wanted, actor=actor)
    with pytest.raises(Forbidden):
        include("harmless", actor=actor)
    db.session.rollback()
    assert len(find_events(tag="role.refused")) == 3
    assert include("editor", "harmless", actor=f"user:{people['admin']}")


def test_ad04_what_a_role_includes_counts_as_its_level(people, factory):
    catalogue.create_role("harmless", includes=["admin"])
    actor, other = f"user:{people['roles-only']}", factory.user()
    with pytest.raises(Forbidden):
        access.grant_role(other, "harmless", actor=actor)
    with pytest.raises(Forbidden):
        catalogue.edit_role(access.get_role("harmless"), title="x", actor=actor)
    access.grant_role(other, "harmless")
    assert not level.may_act_on(other, actor=actor)
    assert other in selected(level.administrators())


def test_ad04_nobody_but_an_owner_lets_a_role_of_their_own_include_more(people):
    actor = f"user:{people['roles-only']}"
    with pytest.raises(Forbidden, match="their own roles"):
        include("roles-only", "chief", actor=actor)
    assert include("editor", "reader", "roles-only", actor=actor)
    with pytest.raises(Forbidden, match="their own roles"):
        include("roles-only", "reader", actor=actor)
    access.grant_role(people["owner"], "editor")
    assert include("editor", actor=f"user:{people['owner']}")


# The way by which it came.


def test_a_way_names_the_roles_between(factory, shop):
    user_id = factory.user("a@example.com", roles=["chief"])
    access.add_member("board", user_id)
    ways = {(one.role, one.group, one.through) for one in paths.paths_of(user_id) if one.permission == "read"}
    assert ways == {("chief", None, ("editor", "reader")), ("chief", "board", ("editor", "reader"))}
    found = paths.who_can(SHOP, "read")
    assert {(one.user_id, one.role, one.through) for one in found} == {(user_id, "chief", ("editor", "reader"))}
    permission = catalogue.get_permission(SHOP, "read")
    assert [(one.role.name, one.through) for one in paths.roles_that_allow(permission)] == [
        ("reader", ()), ("editor", ("reader",)), ("chief", ("editor", "reader")),
    ]  # fmt: skip
    (able,) = paths.people_with(permission.id, limit=5)
    assert {(way.role, way.group) for way in able.ways} == {("chief", None), ("chief", "board")}
    assert [(way.role, way.group, way.through) for way in paths.role_ways(user_id)][:3] == [
        ("chief", None, ()), ("chief", None, ("editor",)), ("chief", None, ("editor", "reader")),
    ]  # fmt: skip


def test_holders_are_paged_over_all_the_ways(factory, shop):
    people = sorted(factory.user(roles=[("reader", "editor", "chief")[number % 3]]) for number in range(6))
    access.add_member("board", people[0])
    role = access.get_role("reader")
    first = holders.list_holders(role.id, limit=4)
    assert [one.id for one in first] == people[:4]
    assert [one.id for one in holders.list_holders(role.id, after=people[3], limit=4)] == people[4:]
    assert ("chief", "board", ("editor", "reader")) in {(way.role, way.group, way.through) for way in first[0].ways}


def test_a_permission_that_another_includes_is_named_with_that_one(factory, shop):
    own = access.own_api()
    catalogue.create_role("keeper", permissions=[(own, "admin.users.write")])
    catalogue.create_role("boss", includes=["keeper"])
    user_id = factory.user(roles=["boss"])
    assert access.permission_names(user_id) == {"admin.users.write", "admin.users.help"}
    helped = [one for one in paths.paths_of(user_id) if one.permission == "admin.users.help"]
    assert [(one.role, one.through, one.comes_with) for one in helped] == [("boss", ("keeper",), "admin.users.write")]
    found = {(one.user_id, one.permission, one.comes_with) for one in paths.who_can(own, "admin.users.help")}
    assert found == {(user_id, "admin.users.help", "admin.users.write")}
    row = catalogue.get_permission(own, "admin.users.help")
    assert [able.id for able in paths.people_with(row.id, limit=5)] == [user_id]
    assert ("boss", ("keeper",), "admin.users.write") in {
        (one.role.name, one.through, one.comes_with) for one in paths.roles_that_allow(row)
    }


def test_a_permission_of_another_api_includes_nothing_of_ours(factory, shop):
    catalogue.add_permission(SHOP, "admin.users.write")
    catalogue.create_role("fake", permissions=[(SHOP, "admin.users.write")])
    user_id = factory.user(roles=["fake"])
    assert access.permission_names(user_id) == {"admin.users.write"}
    assert [one.permission for one in paths.paths_of(user_id)] == ["admin.users.write"]
    assert not paths.who_can(access.own_api(), "admin.users.help")
