"""People are found by what they type, and saved without overwriting each other."""

import pytest

from idp.accounts import service
from idp.accounts.email.addresses import clean_name, mask, normalise_email
from idp.accounts.errors import AddressTaken, EditedMeanwhile, UnfitProfile, UnknownUser, UsernameTaken
from idp.accounts.profiles import profile
from idp.core.db import transaction


def test_people_are_found_in_any_case_by_address_and_by_user_name(context, factory):
    user_id = factory.user("Alice.Baker@Example.com", username="alice")
    for name in ("alice.baker@example.com", " ALICE.BAKER@EXAMPLE.COM ", "Alice", "alice"):
        assert service.find_by_identifier(name).id == user_id
    for name in ("", "@", "alice@", "bob", "a" * 5000, "alice@example.com\x00", "%", "\ud800@example.com"):
        assert service.find_by_identifier(name) is None


def test_one_and_many_are_named_by_the_same_rule_and_not_by_an_external_id(context, factory):
    alice = factory.user("alice@example.com", username="01abcdefghjkmnpqrstvwxyz01", external_id="hr-1")
    names = [alice, f" {alice} ", " Alice@Example.com", "01ABCDEFGHJKMNPQRSTVWXYZ01"]
    assert {name: user.id for name, user in service.find_named([*names, "hr-1", "", "@"]).items()} == dict.fromkeys(
        names, alice
    )
    assert {service.get_by_name(name).id for name in names} == {alice}
    for name in ("hr-1", "", "@"):
        with pytest.raises(UnknownUser):
            service.get_by_name(name)


def test_unknown_people_are_unknown(context):
    assert service.find_user("01J0000000000000000000000A") is None
    with pytest.raises(UnknownUser):
        service.get_user("01J0000000000000000000000A")
    assert not service.is_usable(None)


def test_a_lost_update_is_refused(context, factory):
    user_id = factory.user()
    version = service.get_user(user_id).version
    service.edit_user(user_id, expected_version=version, name="First")
    with pytest.raises(EditedMeanwhile):
        service.edit_user(user_id, expected_version=version, name="Second")
    assert service.get_user(user_id).name == "First"


def test_two_people_cannot_have_one_address_or_one_user_name(context, factory):
    factory.user("alice@example.com", username="alice")
    with pytest.raises(AddressTaken):
        service.add_user("ALICE@example.com")
    with pytest.raises(UsernameTaken):
        service.add_user("bob@example.com", username="Alice")


def test_a_person_is_added_with_the_transaction_of_the_caller(context):
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what is rolled back
        service.add_user("alice@example.com")
        raise RuntimeError
    assert service.find_by_email("alice@example.com") is None


@pytest.mark.parametrize(
    ("typed", "shown", "compared"),
    [
        ("Alice@Example.COM", "Alice@example.com", "alice@example.com"),
        (" a@example.com ", "a@example.com", "a@example.com"),
        ("a@m\u00fcnchen.example", "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example"),
        ("a+tag@example.com", "a+tag@example.com", "a+tag@example.com"),
    ],
)
def test_addresses_have_one_form(typed, shown, compared):
    assert normalise_email(typed) == (shown, compared)


def test_names_stay_on_one_line_and_in_one_direction():
    assert clean_name("  Zoë\r\n\tMüller\u202e ") == "Zoë Müller"
    assert len(clean_name("x" * 500)) == 100


def test_a_masked_address_keeps_its_secret():
    assert mask("alice@example.com") == "a•••@example.com"


def test_ad03_no_field_outside_the_profile_is_ever_set():
    for field in ("id", "password_hash", "email_verified_at", "state", "version", "locked_at", "self_registered"):
        with pytest.raises(UnfitProfile):
            profile.check_profile({field: "x"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("picture", "javascript:alert(1)"), ("website", "data:text/html,x"), ("profile", "https://"), ("picture", "https://x.test/ a"), ("picture", "https://x.test/" + "a" * 500),
        ("website", "//x.test"), ("website", "http://[::1"), ("zoneinfo", "../../etc/passwd"), ("locale", "de<script>"), ("phone_number", "call me"),
        ("address", {"planet": "Mars"}), ("address", "Mars"), ("birthdate", "1990-1-1"),
    ],
)  # fmt: skip
def test_a_profile_value_that_its_claim_cannot_hold_is_refused(field, value):
    with pytest.raises(UnfitProfile) as refused:
        profile.check_profile({field: value})
    assert refused.value.field == field


def test_an_empty_profile_value_is_none():
    assert profile.check_profile({"given_name": "", "name": "", "address": None, "phone_number_verified": False}) == {
        "given_name": None, "name": "", "address": None, "phone_number_verified": False,
    }  # fmt: skip
