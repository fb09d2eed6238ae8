"""Nobody hands out what they do not have, and the refusal is on record."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.permissions import BUILT_IN_ROLES
from idp.audit.service import find_events
from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.core.errors import Forbidden, NotFound
from idp.oauth.oversight import overview
from idp.oauth.tokens.models import Grant

SHOP = "https://shop.example/api"
NEEDED = "admin.roles.write"


@pytest.fixture
def people(context, factory):
    """Somebody of every built-in role, by its name, and an administrator of roles without other rights."""
    found = {name: factory.user(roles=[name]) for name in BUILT_IN_ROLES}
    catalogue.add_to_role(catalogue.create_role("roles-only"), access.own_api(), NEEDED)
    found["roles-only"] = factory.user(roles=["roles-only"])
    found["nobody"] = factory.user()
    return found


@pytest.fixture
def other(factory, people):
    return factory.user()


def actor(people, name):
    return f"user:{people[name]}"


def refusals():
    db.session.rollback()
    return len(find_events(tag="role.refused", limit=1000))


@pytest.mark.parametrize("giver", ["nobody", "support", "auditor", "developer"])
@pytest.mark.parametrize("role", ["owner", "admin", "support", "roles-only"])
def test_ad04_who_may_not_change_roles_gives_none(people, other, giver, role):
    with pytest.raises(Forbidden):
        access.grant_role(other, role, actor=actor(people, giver))
    assert access.role_names(other) == []
    assert refusals() == 1


@pytest.mark.parametrize(("giver", "role"), [
    ("owner", "owner"), ("owner", "admin"), ("owner", "support"), ("admin", "admin"), ("admin", "support"),
    ("admin", "auditor"), ("roles-only", "roles-only"),
])  # fmt: skip
def test_ad04_up_to_their_own_level_people_give_and_take(people, other, giver, role):
    assert access.grant_role(other, role, actor=actor(people, giver))
    assert access.revoke_role(other, role, actor=actor(people, giver))
    assert refusals() == 0


@pytest.mark.parametrize(("giver", "role"), [
    ("admin", "owner"), ("roles-only", "owner"), ("roles-only", "admin"), ("roles-only", "support"),
])  # fmt: skip
def test_ad04_nobody_gives_or_takes_above_their_own_level(people, other, giver, role):
    with pytest.raises(Forbidden):
        access.grant_role(other, role, actor=actor(people, giver))
    with pytest.raises(Forbidden):
        access.revoke_role(people[role], role, actor=actor(people, giver))
    assert refusals() == 2


@pytest.mark.parametrize("giver", ["admin", "roles-only"])
def test_ad04_nobody_but_an_owner_changes_their_own_roles(people, giver):
    catalogue.create_role("plain")
    with pytest.raises(Forbidden):
        access.grant_role(people[giver], "plain", actor=actor(people, giver))
    with pytest.raises(Forbidden):
        access.revoke_role(people[giver], giver, actor=actor(people, giver))
    assert access.grant_role(people["owner"], "plain", actor=actor(people, "owner"))


def test_ad04_a_group_is_no_way_around(people, other):
    catalogue.create_group("board")
    with pytest.raises(Forbidden):
        access.grant_role_to_group("board", "owner", actor=actor(people, "admin"))
    access.grant_role_to_group("board", "owner")
    for act in (
        lambda: access.add_member("board", other, actor=actor(people, "admin")),
        lambda: access.add_member("board", people["admin"], actor=actor(people, "admin")),
        lambda: access.revoke_role_from_group("board", "owner", actor=actor(people, "admin")),
        lambda: access.delete_group("board", actor=actor(people, "admin")),
    ):
        with pytest.raises(Forbidden):
            act()
    access.add_member("board", other)
    with pytest.raises(Forbidden):
        access.remove_member("board", other, actor=actor(people, "admin"))
    assert access.role_names(other) == ["owner"]


def test_ad04_a_role_is_not_filled_with_more_than_its_filler_has(people):
    plain = catalogue.create_role("plain")
    for permission in ("admin.settings.write", "admin.keys.write"):
        with pytest.raises(Forbidden):
            catalogue.add_to_role(plain, access.own_api(), permission, actor=actor(people, "admin"))
    assert catalogue.add_to_role(plain, access.own_api(), "admin.users.read", actor=actor(people, "admin"))
    with pytest.raises(Forbidden):
        catalogue.add_to_role(plain, access.own_api(), "admin.users.write", actor=actor(people, "roles-only"))
    with pytest.raises(Forbidden):
        catalogue.take_from_role(plain, access.own_api(), "admin.users.read", actor=actor(people, "roles-only"))


def test_ad04_permissions_of_other_apis_may_be_handed_out_by_who_changes_roles(people, other):
    catalogue.create_api(SHOP, name="Shop")
    catalogue.add_permission(SHOP, "write")
    editor = catalogue.create_role("editor")
    assert catalogue.add_to_role(editor, SHOP, "write", actor=actor(people, "roles-only"))
    assert access.grant_role(other, "editor", actor=actor(people, "roles-only"))
    with pytest.raises(Forbidden):
        catalogue.add_to_role(editor, SHOP, "write", actor=actor(people, "support"))


def test_ad04_nobody_but_an_owner_puts_more_into_a_role_or_group_of_their_own(people, other):
    catalogue.create_api(SHOP, name="Shop")
    catalogue.add_permission(SHOP, "write")
    payer, own = catalogue.create_role("payer", permissions=[(SHOP, "write")]), catalogue.get_role("roles-only")
    catalogue.create_group("board")
    access.add_member("board", people["roles-only"])
    me = actor(people, "roles-only")
    for act in (
        lambda: catalogue.add_to_role(own, SHOP, "write", actor=me),
        lambda: access.grant_role_to_group("board", payer.name, actor=me),
        lambda: catalogue.edit_role(own, includes=[payer.name], actor=me),
    ):
        with pytest.raises(Forbidden):
            act()
    assert refusals() == 3
    assert access.role_names(people["roles-only"]) == ["roles-only"]
    access.remove_member("board", people["roles-only"])
    assert access.grant_role_to_group("board", payer.name, actor=me)


def test_ad04_nobody_changes_what_a_role_above_them_includes(people):
    base = catalogue.create_role("base", require_second_step=True)
    above = catalogue.create_role("super", permissions=[(access.own_api(), "admin.keys.write")], includes=["base"])
    for changes in ({"require_second_step": False}, {"includes": ["support"]}, {"title": "Mine"}):
        with pytest.raises(Forbidden):
            catalogue.edit_role(base, actor=actor(people, "roles-only"), **changes)
    assert catalogue.get_role("base").require_second_step
    catalogue.edit_role(above, includes=[])
    catalogue.edit_role(base, actor=actor(people, "roles-only"), require_second_step=False)


@pytest.mark.parametrize("actor_name", ["anonymous", "client:x", "user:", "user:unknown", "User:x"])
def test_ad04_nobody_else_hands_out_anything(context, factory, actor_name):
    user_id = factory.user()
    with pytest.raises(Forbidden):
        access.grant_role(user_id, "support", actor=actor_name)
    assert access.role_names(user_id) == []


def test_ad05_a_right_that_is_taken_away_is_gone_in_the_next_question(context, factory):
    user_id = factory.user(roles=["support"])
    assert access.can(user_id, "admin.users.read")
    access.revoke_role(user_id, "support")
    assert not access.can(user_id, "admin.users.read")


@pytest.mark.parametrize(
    "permission", ["", "admin", "admin.*", "admin.users", "ADMIN.USERS.READ", "%", "admin.users.read "]
)
def test_ad05_only_the_exact_permission_counts(context, factory, permission):
    assert not access.can(factory.user(roles=["owner"]), permission)


def test_ad05_a_permission_of_another_api_is_none_of_ours(context, factory):
    catalogue.create_api(SHOP, name="Shop")
    catalogue.add_permission(SHOP, "admin.users.read")
    catalogue.add_to_role(catalogue.create_role("fake"), SHOP, "admin.users.read")
    user_id = factory.user(roles=["fake"])
    assert access.permission_names(user_id) == {"admin.users.read"}
    assert not access.can(user_id, "admin.users.read")


def test_every_deed_names_its_actor(context, factory):
    owner, user_id = factory.user(roles=["owner"]), factory.user()
    access.grant_role(user_id, "support", actor=f"user:{owner}")
    (event,) = find_events(tag="role.granted", limit=1)
    assert (event.actor, event.subject, event.detail) == (f"user:{owner}", f"user:{user_id}", {"role": "support"})


def test_au08_a_role_is_not_given_when_that_cannot_be_recorded(context, factory, monkeypatch):
    from idp.access import assignments

    def full(*_arguments, **_values):
        raise OSError("disk is full")

    user_id = factory.user()
    monkeypatch.setattr(assignments, "record", full)
    with pytest.raises(OSError, match="full"):
        access.grant_role(user_id, "owner")
    assert access.role_names(user_id) == []


def test_unknown_roles_are_not_found_before_anything_else(people, other):
    with pytest.raises(NotFound):
        access.grant_role(other, "nothing", actor=actor(people, "support"))


def test_ad04_nobody_calls_a_permission_of_ours_otherwise_who_lacks_it(context, people):
    """Consent shows the words: whoever reads «See your name» must not give away the settings."""
    own = access.own_api()
    before = catalogue.get_permission(own, "admin.settings.write").title
    set_context(CallContext(actor=actor(people, "admin")))
    with pytest.raises(Forbidden):
        catalogue.edit_permission(own, "admin.settings.write", title="See your name", description="")
    assert catalogue.get_permission(own, "admin.settings.write").title == before
    assert refusals() == 1
    catalogue.edit_permission(own, "admin.users.read", title="Read people", description="")
    (event,) = find_events(tag="permission.edited", limit=1)
    assert event.detail["after"] == {"title": "Read people", "description": "", "icon": "key"}
    assert set(event.detail["before"]) == {"title", "description", "icon"}


@pytest.mark.parametrize("by_group", [False, True])
def test_ad04_who_signs_people_out_ends_nothing_of_those_above_them(context, people, arrange, factory, by_group):
    """By an app no less than by a person: not of an owner, and not of an administrator."""
    client_id, _secret = factory.client_with_secret("Shop")
    above = people["admin"]
    if by_group:
        catalogue.create_group("office")
        access.grant_role_to_group("office", "admin")
        above = factory.user()
        access.add_member("office", above)
    arrange.family(people["nobody"], client_id)
    grant_id = arrange.family(above, client_id)
    set_context(CallContext(actor=actor(people, "support")))
    with pytest.raises(Forbidden):
        overview.revoke_all_of_client(client_id)
    db.session.rollback()
    assert db.session.get(Grant, grant_id).revoked_at is None
    set_context(CallContext(actor=actor(people, "admin")))
    assert overview.revoke_all_of_client(client_id) == 2
