"""A POST with an Idempotency-Key happens once, whoever sends it how often."""

import pytest
from sqlalchemy import select, text

from idp.access.models import Role
from idp.api.models import ApiAnswer
from idp.core.db import db
from tests.api.conftest import Api
from tests.api.test_routes import assert_problem
from tests.racing import race
from tests.services import test_client

KEY = {"Idempotency-Key": "order-1"}


def count(app):
    with app.app_context():
        return db.session.query(Role).filter(Role.builtin.is_(False)).count()


def test_the_same_request_gets_the_same_answer_and_happens_once(owner, app):
    first = owner.post("/roles", {"name": "editor"}, headers=KEY)
    again = owner.post("/roles", {"name": "editor"}, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert count(app) == 1


def test_another_request_under_the_same_key_is_refused(owner, app):
    owner.post("/roles", {"name": "editor"}, headers=KEY)
    assert_problem(owner.post("/roles", {"name": "writer"}, headers=KEY), 422)
    assert_problem(owner.post("/groups", {"name": "editor"}, headers=KEY), 422)
    assert count(app) == 1


def test_a_key_is_its_callers_own(owner, callers):
    owner.post("/roles", {"name": "editor"}, headers=KEY)
    other = callers.somebody("admin.roles.read", "admin.roles.write")
    assert_problem(other.post("/roles", {"name": "editor"}, headers=KEY), 409)
    assert other.post("/roles", {"name": "writer"}, headers=KEY).status_code == 201


def test_what_failed_may_be_tried_again(owner, app):
    assert_problem(owner.post("/roles", {"name": "a b"}, headers=KEY), 422)
    owner.post("/roles", {"name": "editor"})
    assert_problem(owner.post("/roles", {"name": "editor"}, headers=KEY), 409)
    assert owner.post("/roles", {"name": "writer"}, headers=KEY).status_code == 201


def test_a_secret_that_is_given_again_is_sealed_meanwhile_and_forgotten_after_a_day(owner, place, app, clock):
    path = f"/clients/{place.client_id}/secrets"
    value = owner.post(path, {}, headers=KEY).json["client_secret"]
    assert owner.post(path, {}, headers=KEY).json["client_secret"] == value
    with app.app_context():
        row = db.session.execute(select(ApiAnswer)).scalar_one()
        assert value not in row.answer
        assert "order-1" not in row.id
    clock.advance(24 * 3600 + 1)
    assert owner.post(path, {}, headers=KEY).json["client_secret"] != value


def test_without_the_permission_a_kept_answer_is_not_given_either(owner, callers, arrange, factory):
    user = factory.user("ann@example.com", roles=("admin",))
    api = Api(callers.app, callers.key(user, ["admin.roles.write"]))
    assert api.post("/roles", {"name": "editor"}, headers=KEY).status_code == 201
    arrange.execute(text("DELETE FROM user_roles WHERE user_id = :id").bindparams(id=user))
    assert_problem(api.post("/roles", {"name": "editor"}, headers=KEY), 403)


@pytest.mark.parametrize("key", ["", "x" * 65, "é"])
def test_a_key_is_short_and_printable(owner, key):
    assert_problem(owner.post("/roles", {"name": "editor"}, headers={"Idempotency-Key": key}), 400)


def post_twice(value):
    """Send a request, as one of several processes at the same moment."""
    from flask import current_app

    http = test_client(current_app._get_current_object())
    headers = {"Authorization": f"Bearer {value}", **KEY}
    answer = http.post("/api/v1/roles", json={"name": "editor"}, headers=headers)
    return f"{answer.status_code} {answer.json.get('id')}"


def test_race_of_the_same_request_happens_once(race_settings, owner, app):
    answers = race(race_settings, "tests.api.test_repeats:post_twice", [(owner.key,)] * 4)
    assert len(set(answers)) == 1, answers
    assert answers[0].startswith("201 ")
    assert count(app) == 1
