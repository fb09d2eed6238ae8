"""Client credentials: RFC 6749 §4.4."""

import pytest

from idp.core.db import db
from tests.actors import RelyingParty
from tests.arrange import part


@pytest.fixture
def machine(app, factory):
    return RelyingParty(
        app, *factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[])
    )


def test_token_speaks_for_the_client_and_for_nobody_else(machine):
    answer = machine.token(grant_type="client_credentials").json
    assert set(answer) == {"access_token", "token_type", "expires_in", "scope"}
    claims = part(answer["access_token"])
    assert claims["sub"] == claims["client_id"] == machine.client_id
    assert not {"auth_time", "acr", "amr", "sid", "roles", "groups"} & set(claims)


def test_scopes_of_people_are_not_given_to_a_machine(machine):
    response = machine.token(grant_type="client_credentials", scope="openid profile offline_access roles")
    assert response.status_code == 400
    assert response.json["error"] == "invalid_scope"


def test_no_more_than_three_round_trips(app, machine):
    from sqlalchemy import event

    machine.token(grant_type="client_credentials")
    statements = []
    with app.app_context():
        engine = db.engine
    note = lambda _c, _cursor, statement, *_rest: statements.append(statement)  # noqa: E731
    ends = lambda _connection: statements.append("end")  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", ends)
    try:
        assert machine.token(grant_type="client_credentials").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", ends)
    assert len(statements) <= 3, statements
