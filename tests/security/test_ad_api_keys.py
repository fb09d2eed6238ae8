"""AD-10: a key ends with what it stands on: the account it is of, and the key that made it."""

import pytest

from idp.access.permissions import PERMISSIONS
from idp.accounts.credentials import recovery
from idp.accounts.lifecycle import states
from idp.api_keys import service as keys
from idp.audit.models import Event
from idp.core.db import db
from tests.api.conftest import Api, Callers
from tests.api.test_routes import assert_problem


@pytest.fixture
def callers(app, factory, arrange):
    return Callers(app, factory, arrange)


@pytest.mark.parametrize("end", [states.disable, states.lock, recovery.report], ids=lambda end: end.__name__)
def test_ad10_what_was_ended_with_an_account_does_not_come_back_with_it(callers, end):
    """Who was in a stolen account may have left a key: turning the account off and on is no way to keep it."""
    api, run = callers.somebody("admin.audit.read"), callers.arrange.run
    user_id = run(lambda: keys.list_keys()[0].user_id)
    assert api.get("/audit").status_code == 200
    run(end, user_id)
    assert_problem(api.get("/audit"), 401)
    run(states.enable if end is states.disable else states.unlock, user_id)
    assert_problem(api.get("/audit"), 401)
    with callers.app.app_context():
        (event,) = db.session.query(Event).filter(Event.tag == "api_key.revoked")
        assert event.subject == f"user:{user_id}"


def test_ad10_a_key_that_leaked_takes_along_what_was_made_with_it(callers, app):
    """Else who found it keeps a key of their own, and revoking the one that leaked ends nothing."""
    parent, run = callers.owner(), callers.arrange.run
    body = {"label": "mine", "permissions": ["admin.audit.read"]}
    child = Api(app, parent.post("/api-keys", body).json["key"])
    grandchild = Api(app, child.post("/api-keys", body).json["key"])
    beside = Api(app, callers.key(callers.owner_id, PERMISSIONS))
    oldest = run(lambda: keys.list_keys()[0].id)
    assert grandchild.get("/audit").status_code == 200
    assert beside("DELETE", f"/api-keys/{oldest}").status_code == 204
    for api in (parent, child, grandchild):
        assert_problem(api.get("/audit"), 401)
    assert beside.get("/audit").status_code == 200
    with app.app_context():
        assert db.session.query(Event).filter(Event.tag == "api_key.revoked").count() == 3
