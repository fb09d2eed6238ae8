"""The one judge of person, app, grant and session; and that nobody goes around it."""

import ast
import pathlib
from datetime import timedelta

import pytest
from sqlalchemy import update

from idp.accounts.models import User
from idp.clients.models import Client
from idp.clients.service import find_client, forget
from idp.core.clock import now
from idp.oauth.standing import NotUsable, check_standing, find_grant, get_usable_grant
from idp.oauth.tokens.models import Grant
from idp.sessions.models import Session

OAUTH = pathlib.Path(__file__).parents[2] / "idp" / "oauth"
PAST = now() - timedelta(days=1)


@pytest.fixture
def standing(rp, arrange):
    """A function that judges the only grant there is."""
    arrange.code(rp, scope="openid")
    [(grant_id,)] = arrange.rows(Grant.__table__.select().with_only_columns(Grant.id))

    def judge(**values):
        def run():
            forget()
            return get_usable_grant(grant_id, find_client(rp.client_id), **values)

        return arrange.run(run)

    return judge


def test_what_stands_is_returned_with_everything_it_stands_on(standing):
    grant = standing()
    assert grant.user.is_active
    assert grant.session is not None
    assert grant.scopes == ["openid"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (update(User).values(state="disabled"), "person"),
        (update(User).values(state="invited"), "person"),
        (update(User).values(locked_at=PAST), "person"),
        (update(Client).values(disabled_at=PAST), "client"),
        (update(Client).values(allowed_roles=["owner"]), "roles"),
        (update(Grant).values(revoked_at=PAST), "grant"),
        (update(Session).values(ended_at=PAST), "session"),
        (update(Session).values(expires_at=PAST), "session"),
        (update(Session).values(idle_expires_at=PAST), "session"),
        (update(Grant).values(session_id=None), "session"),
    ],
    ids=str,
)
def test_what_has_ended_is_refused(standing, arrange, change, reason):
    arrange.execute(change)
    with pytest.raises(NotUsable, match=reason):
        standing()


def test_offline_grant_outlives_its_session_except_where_one_is_needed(standing, arrange):
    arrange.execute(update(Grant).values(offline=True))
    arrange.execute(update(Session).values(ended_at=PAST))
    assert standing().offline
    with pytest.raises(NotUsable, match="session"):
        standing(session_needed=True)


def test_grant_of_another_client_never_stands(standing, arrange, factory):
    other, _secret = factory.client_with_secret()
    grant = standing()
    with pytest.raises(NotUsable, match="grant"):
        arrange.run(lambda: check_standing(client=find_client(other), grant=grant))


def test_unknown_grant_and_client_never_stand(context):
    assert find_grant("nothing") is None
    with pytest.raises(NotUsable, match="gone"):
        get_usable_grant("nothing", None)
    with pytest.raises(NotUsable, match="client"):
        check_standing(client=None)


def uses(path, name):
    return any(
        (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in ast.walk(ast.parse(path.read_text()))
    )


@pytest.mark.parametrize(
    ("name", "files"),
    [
        # A grant is read without judging it nowhere but in the judge's own room, and where an operator looks into a
        # token: that shows the grants which have ended, too.
        ("find_grant", {"standing.py", "inspection.py"}),
        # Tokens are made by the grants, which take their grant from the judge.
        (
            "TokenIssuer",
            {"issuer.py", "authorization_code.py", "refresh_token.py", "client_credentials.py", "device_code.py"},
        ),
        # An access token is read where it is judged, where it is ended, and where an operator looks into it.
        ("verify", {"bearer.py", "revocation.py", "end_session.py", "checks.py", "inspection.py"}),
    ],
)
def test_no_path_goes_around_the_judge(name, files):
    assert {path.name for path in OAUTH.rglob("*.py") if uses(path, name)} <= files


@pytest.mark.parametrize("grant", ["authorization_code.py", "refresh_token.py", "device_code.py"])
def test_every_grant_of_a_person_asks_the_judge(grant):
    assert uses(OAUTH / "grants" / grant, "usable_grant")


def test_looking_into_a_token_asks_the_judge_whether_it_is_good():
    inspection = OAUTH / "oversight" / "inspection.py"
    assert uses(inspection, "get_live_token")
    assert uses(inspection, "get_usable_grant")
