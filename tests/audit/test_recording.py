"""A refusal is on record even where what it refused was undone."""

import pytest

from idp.audit.service import find_events, record, record_refusal
from idp.audit.tags import Tag
from idp.core.db import transaction
from idp.core.errors import Forbidden

pytestmark = pytest.mark.usefixtures("context")


def refused():
    return [event.detail["wanted"] for event in find_events(tag="role.refused", limit=10)]


def refuse():
    with transaction():
        record(Tag.ROLE_GRANTED, subject="user:U")
        with transaction():
            record_refusal(Tag.ROLE_REFUSED, wanted=["editor"])
            raise Forbidden("no")


def test_a_refusal_outlives_the_transaction_that_it_ends():
    with pytest.raises(Forbidden):
        refuse()
    assert refused() == [["editor"]]
    assert find_events(tag="role.granted", limit=1) == []


def test_a_refusal_in_a_transaction_that_goes_on_is_recorded_once():
    with transaction():
        record_refusal(Tag.ROLE_REFUSED, wanted=["editor"])
    record_refusal(Tag.ROLE_REFUSED, wanted=["owner"])
    assert refused() == [["owner"], ["editor"]]


def test_a_refusal_of_one_transaction_does_not_return_in_the_next():
    with pytest.raises(Forbidden):
        refuse()
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    assert refused() == [["editor"]]
