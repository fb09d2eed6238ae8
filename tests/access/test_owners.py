"""The last owner stays, by whatever way one might get lost, and when two acts race."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.errors import LastOwner
from idp.accounts.lifecycle import states
from tests.racing import race


@pytest.fixture
def owner(context, factory):
    return factory.user(roles=["owner"])


def test_the_last_owner_keeps_the_role(owner):
    with pytest.raises(LastOwner):
        access.revoke_role(owner, "owner")
    assert access.role_names(owner) == ["owner"]
    assert access.is_last_owner(owner)


def test_an_owner_among_two_can_go(owner, factory):
    second = factory.user(roles=["owner"])
    assert not access.is_last_owner(owner)
    assert access.revoke_role(owner, "owner")
    assert access.is_last_owner(second)
    with pytest.raises(LastOwner):
        access.revoke_role(second, "owner")


def test_an_owner_who_cannot_sign_in_does_not_count(owner, factory):
    second = factory.user(roles=["owner"])
    states.disable(second)
    with pytest.raises(LastOwner):
        access.revoke_role(owner, "owner")
    states.enable(second)
    states.lock(second)
    with pytest.raises(LastOwner):
        access.revoke_role(owner, "owner")


@pytest.mark.parametrize("act", [states.disable, states.delete, states.lock])
def test_the_last_owner_is_neither_disabled_nor_deleted_nor_locked(owner, act):
    with pytest.raises(LastOwner):
        act(owner)
    assert access.is_last_owner(owner)


def test_ownership_by_a_group_counts_and_is_kept(owner, factory):
    by_group = factory.user()
    catalogue.create_group("board")
    access.grant_role_to_group("board", "owner")
    access.add_member("board", by_group)
    assert not access.is_last_owner(owner)
    access.revoke_role(owner, "owner")
    assert access.is_last_owner(by_group)
    for act in (
        lambda: access.remove_member("board", by_group),
        lambda: access.revoke_role_from_group("board", "owner"),
        lambda: access.delete_group("board"),
        lambda: states.delete(by_group),
    ):
        with pytest.raises(LastOwner):
            act()
    assert access.role_names(by_group) == ["owner"]


def test_who_never_had_an_owner_loses_none(context, factory):
    user_id = factory.user(roles=["support"])
    assert access.revoke_role(user_id, "support")
    assert not access.is_last_owner(user_id)


def step_down(user_id):
    return access.revoke_role(user_id, "owner")


def close(user_id):
    return states.disable(user_id)


@pytest.mark.parametrize("act", ["step_down", "close"])
def test_owners_who_leave_at_the_same_moment_leave_one_behind(owner, factory, race_settings, act):
    people = [owner, factory.user(roles=["owner"])]
    answers = race(race_settings, f"tests.access.test_owners:{act}", [(user_id,) for user_id in people])
    assert answers.count("LastOwner") == 1
    access.check_owner_remains()
    assert access.is_last_owner(people[answers.index("LastOwner")])


def grant(user_id):
    return access.grant_role(user_id, "support")


def test_a_role_given_twice_at_the_same_moment_is_given_once(context, factory, race_settings):
    user_id = factory.user()
    answers = race(race_settings, "tests.access.test_owners:grant", [(user_id,)] * 2)
    assert sorted(answers) == [False, True]


def built_ins():
    access.create_built_ins()
    return True


def test_built_ins_made_by_several_at_once_are_made_once(context, race_settings):
    assert race(race_settings, "tests.access.test_owners:built_ins", [()] * 2) == [True] * 2
    assert len(catalogue.list_roles()) == 5
