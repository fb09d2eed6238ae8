"""Who may do what: direct roles, roles of groups, permissions of APIs, at once and for nobody else."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.guards import level
from idp.access.permissions import BUILT_IN_ROLES, PERMISSIONS
from idp.accounts.lifecycle import registration
from idp.audit.service import find_events
from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.core.errors import Conflict, DomainError, Forbidden, NotFound
from idp.feed import service as feed

SHOP, STOCK = "https://shop.example/api", "urn:example:stock"


@pytest.fixture
def shop(context):
    """An API with two permissions, an editor who may write, a group of readers."""
    catalogue.create_api(SHOP, name="Shop", access_token_lifetime=300)
    for name in ("read", "write"):
        catalogue.add_permission(SHOP, name, title=f"May {name}")
    catalogue.add_to_role(catalogue.create_role("editor"), SHOP, "write")
    catalogue.add_to_role(catalogue.create_role("reader"), SHOP, "read")
    catalogue.create_group("staff")
    access.grant_role_to_group("staff", "reader")
    return access.find_api(SHOP)


def test_built_ins_are_made_once_and_brought_up_to_date(context):
    access.create_built_ins()
    assert {role.name for role in catalogue.list_roles()} == set(BUILT_IN_ROLES)
    own = access.find_api(access.own_api())
    assert own.identifier == "https://id.example.com/api/v1"
    assert own.permission_names == set(PERMISSIONS)


def test_every_built_in_role_holds_what_it_says(context, factory):
    for name, (_title, wanted) in BUILT_IN_ROLES.items():
        user_id = factory.user(roles=[name])
        assert access.permission_names(user_id) == wanted
        for permission in PERMISSIONS:
            assert access.can(user_id, permission) is (permission in wanted)


def test_a_person_without_a_role_may_do_nothing(context, factory, shop):
    user_id = factory.user()
    assert (access.role_names(user_id), access.group_names(user_id)) == ([], [])
    assert access.permission_names(user_id) == set()
    assert not any(access.can(user_id, permission) for permission in PERMISSIONS)
    assert not access.can("nobody", "admin.users.read")


def test_roles_come_directly_and_by_groups(context, factory, shop):
    user_id = factory.user()
    access.grant_role(user_id, "editor")
    access.add_member("staff", user_id)
    assert access.role_names(user_id) == ["editor", "reader"]
    assert access.group_names(user_id) == ["staff"]
    assert access.permission_names(user_id, shop.id) == {"read", "write"}
    assert access.permission_names(user_id, access.find_api(access.own_api()).id) == set()


def test_a_role_held_twice_is_named_once(context, factory, shop):
    user_id = factory.user()
    access.grant_role(user_id, "reader")
    access.add_member("staff", user_id)
    assert access.role_names(user_id) == ["reader"]
    access.revoke_role(user_id, "reader")
    assert access.role_names(user_id) == ["reader"]
    access.remove_member("staff", user_id)
    assert access.role_names(user_id) == []


def test_what_is_taken_away_is_gone_at_once(context, factory, shop):
    user_id = factory.user(roles=["editor"])
    access.add_member("staff", user_id)
    catalogue.take_from_role(access.get_role("editor"), SHOP, "write")
    assert access.permission_names(user_id) == {"read"}
    access.revoke_role_from_group("staff", "reader")
    assert access.role_names(user_id) == ["editor"]
    catalogue.delete_role(access.get_role("editor"))
    assert access.role_names(user_id) == []
    access.delete_group("staff")
    assert access.group_names(user_id) == []


def test_giving_and_taking_twice_changes_nothing(context, factory, shop):
    user_id = factory.user()
    assert [access.grant_role(user_id, "editor") for _turn in range(2)] == [True, False]
    assert [access.revoke_role(user_id, "editor") for _turn in range(2)] == [True, False]
    assert [access.add_member("staff", user_id) for _turn in range(2)] == [True, False]
    assert [access.remove_member("staff", user_id) for _turn in range(2)] == [True, False]
    assert access.grant_role_to_group("staff", "reader") is False
    assert [access.revoke_role_from_group("staff", "reader") for _turn in range(2)] == [True, False]


def test_nothing_is_given_to_or_by_what_does_not_exist(context, factory, shop):
    user_id = factory.user()
    for call in (
        lambda: access.grant_role(user_id, "nothing"), lambda: access.grant_role("nobody", "editor"),
        lambda: access.revoke_role(user_id, "nothing"), lambda: access.add_member("staff", "nobody"),
        lambda: access.add_member("nothing", user_id), lambda: access.grant_role_to_group("staff", "nothing"),
        lambda: access.delete_group("nothing"), lambda: catalogue.add_permission("https://no.example", "x"),
        lambda: catalogue.add_to_role(access.get_role("editor"), SHOP, "nothing"), lambda: catalogue.delete_api("x"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            call()


def test_built_ins_cannot_be_changed(context, shop):
    for call in (
        lambda: catalogue.delete_role(access.get_role("owner")), lambda: catalogue.delete_api(access.own_api()),
        lambda: catalogue.add_to_role(access.get_role("support"), SHOP, "write"),
        lambda: catalogue.take_from_role(access.get_role("owner"), access.own_api(), "admin.users.read"),
        lambda: catalogue.remove_permission(access.own_api(), "admin.users.read"),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            call()


def test_names_are_taken_once(context, shop):
    for call in (
        lambda: catalogue.create_api(SHOP, name="x"), lambda: catalogue.add_permission(SHOP, "read"),
        lambda: catalogue.create_role("editor"), lambda: catalogue.create_group("staff"),
        lambda: catalogue.create_api("https://id.example.com", name="x"),
        lambda: catalogue.create_api("https://id.example.com/", name="x"),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            call()


@pytest.mark.parametrize("name", ["", " ", "a b", "a\nb", 'a"b', "é", "-a", "x" * 121, "a\x00", "<script>", "a\\b"])
def test_names_that_cannot_stand_in_a_scope_are_refused(context, shop, name):
    for call in (
        lambda: catalogue.create_role(name), lambda: catalogue.create_group(name),
        lambda: catalogue.add_permission(SHOP, name),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            call()


@pytest.mark.parametrize("name", ["openid", "profile", "offline_access", "roles", "groups"])
def test_no_permission_is_called_like_a_standard_scope(context, shop, name):
    with pytest.raises(Conflict):
        catalogue.add_permission(SHOP, name)


@pytest.mark.parametrize("identifier", [
    "", "shop", "/shop", "//shop.example", "https://", "https://shop.example/#x", "https://shop.example/#", "urn:",
    "https://a b", "https://user@shop.example/", "https://shop.example/\x00", "https://shop.example/" + "a" * 400,
    "https://[::1", "https://sh\u00f6p.example/", "javascript:alert(1)",
])  # fmt: skip
def test_identifiers_that_are_no_absolute_address_are_refused(context, identifier):
    with pytest.raises(DomainError):
        catalogue.create_api(identifier, name="x")


@pytest.mark.parametrize("seconds", [0, -1, 59, 86_401])
def test_lives_of_tokens_are_bounded(context, seconds):
    with pytest.raises(DomainError):
        catalogue.create_api(STOCK, name="x", access_token_lifetime=seconds)


def test_apis_are_remembered_until_they_change(context, shop, make_app):
    assert shop.access_token_lifetime == 300
    assert [permission.title for permission in shop.permissions] == ["May read", "May write"]
    assert access.find_api(SHOP + "/") is None
    assert access.find_api(SHOP.upper()) is None
    other = make_app()
    with other.app_context():
        feed.sync()
        assert access.find_api(STOCK) is None
    catalogue.create_api(STOCK, name="Stock")
    catalogue.edit_api(SHOP, name="Shop 2", access_token_lifetime=600)
    with other.app_context():
        feed.sync()
        assert access.find_api(STOCK).name == "Stock"
        assert (access.find_api(SHOP).name, access.find_api(SHOP).access_token_lifetime) == ("Shop 2", 600)
    catalogue.delete_api(STOCK)
    assert access.find_api(SHOP) is not None
    with other.app_context():
        feed.sync()
        assert access.find_api(STOCK) is None


def test_deleting_an_api_takes_its_permissions_out_of_roles(context, factory, shop):
    user_id = factory.user(roles=["editor"])
    catalogue.delete_api(SHOP)
    assert access.permission_names(user_id) == set()
    assert access.role_names(user_id) == ["editor"]


def test_rights_are_read_in_one_statement(context, factory, shop):
    from sqlalchemy import event

    from idp.core.db import db

    user_id = factory.user(roles=["editor"])
    access.apis()
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *values: seen.append(values[2]))
    access.role_names(user_id)
    access.group_names(user_id)
    access.permission_names(user_id, shop.id)
    access.find_api(SHOP)
    assert len(seen) == 3


def test_texts_of_a_permission_and_a_group_change_without_anybody_losing_anything(context):
    catalogue.create_api(SHOP + "/texts", name="Texts", access_token_lifetime=600)
    catalogue.add_permission(SHOP + "/texts", "texts.read", title="Reed")
    role = catalogue.create_role("texts", permissions=[(SHOP + "/texts", "texts.read")])
    catalogue.edit_permission(SHOP + "/texts", "texts.read", title="Read", description="All of them")
    assert catalogue.permissions_of_role(role.id) == [(SHOP + "/texts", "texts.read")]
    assert catalogue.get_permission(SHOP + "/texts", "texts.read").title == "Read"
    catalogue.create_group("readers", title="Reeders")
    assert catalogue.edit_group("readers", title="Readers").title == "Readers"
    assert catalogue.edit_api(SHOP + "/texts", default_lifetime=True).access_token_lifetime is None
    assert {event.tag for event in find_events()} >= {"permission.edited", "group.edited", "api.edited"}


def refusals():
    """The refusals on record, read anew."""
    db.session.rollback()
    return find_events(tag="role.refused")


@pytest.mark.parametrize(
    "check",
    [
        lambda user_id: level.check_may_give_roles(["editor"], actor=None, to=user_id),
        lambda user_id: level.check_may_include("editor", ["reader"], actor=None),
        lambda user_id: level.check_may_give_permission("write", SHOP, actor=None),
        lambda user_id: level.check_may_act_on(user_id),
        lambda user_id: level.check_may_act_as(["openid"], f"user:{user_id}"),
    ],
    ids=["roles", "included", "a permission", "an account", "an app"],
)
@pytest.mark.parametrize("actor", ["anonymous", "client:shop"])
def test_nobody_we_know_is_refused_on_record_once(context, factory, shop, check, actor):
    user_id = factory.user()
    set_context(CallContext(actor=actor))
    with pytest.raises(Forbidden):
        check(user_id)
    assert len(refusals()) == 1


def test_to_ask_what_somebody_may_is_no_attempt(context, factory, shop):
    user_id = factory.user()
    set_context(CallContext(actor="anonymous"))
    assert not level.may_give_roles(["editor"])
    assert not level.may_act_on(user_id)
    assert not level.holds("admin.clients.read")
    assert refusals() == []


def test_an_invitation_with_a_role_above_ones_level_is_refused_on_record_once(context, factory):
    helper = factory.user(roles=("support",))
    set_context(CallContext(actor=f"user:{helper}"))
    with pytest.raises(Forbidden):
        registration.invite("new@example.com", roles=("admin", "owner"))
    (event,) = refusals()
    assert (event.subject, event.detail["wanted"]) == (None, ["admin", "owner"])
