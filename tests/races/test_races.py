"""One-time things taken by fifty at once, over two server processes on one database: one wins, never two."""

import base64
import contextlib
import http.client
import json
import os
import secrets
import threading
from urllib.parse import urlencode, urlsplit

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from idp.core.db import db
from idp.core.secrets import digest
from idp.oauth.device import service as device
from idp.oauth.tokens.models import AuthorizationCode, Grant, RefreshToken
from idp.sessions.models import Session
from tests import services
from tests.actors import RelyingParty
from tests.arrange import Arranger
from tests.live import live_server
from tests.oauth.assertions import AssertingParty, claims

ROUNDS = int(os.environ.get("IDP_TEST_ROUNDS", "5"))
CROWD = 50

pytestmark = pytest.mark.timeout(60 + ROUNDS * 20)


class Crowd:
    """Fifty connections that stay open, half to each replica, and fire at the same moment."""

    def __init__(self, server) -> None:
        self.server = server
        hosts = [urlsplit(address).netloc for address in server.addresses]
        self.connections = [http.client.HTTPConnection(hosts[n % len(hosts)], timeout=60) for n in range(CROWD)]
        self.barrier = threading.Barrier(CROWD)

    def fire(self, form, headers):
        """Send one form from everywhere at once; return the answers as (status, body)."""
        answers = [None] * CROWD
        body = urlencode(form)
        headers = {"Host": self.server.host, "Content-Type": "application/x-www-form-urlencoded", **headers}

        def send(number):
            connection = self.connections[number]
            connection.connect() if connection.sock is None else None
            self.barrier.wait(60)
            connection.request("POST", "/oauth/token", body, headers)
            response = connection.getresponse()
            answers[number] = (response.status, json.loads(response.read()))

        threads = [threading.Thread(target=send, args=(number,)) for number in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def close(self):
        for connection in self.connections:
            connection.close()


@pytest.fixture(scope="module")
def server(database_url, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        url = "" if database_url.startswith("sqlite") else stack.enter_context(services.postgres_database())
        yield stack.enter_context(live_server(tmp_path_factory.mktemp("races"), database_url=url, replicas=2))


@pytest.fixture
def crowd(server):
    crowd = Crowd(server)
    yield crowd
    crowd.close()


@pytest.fixture
def party(server):
    """A relying party on the server's database, and what its requests start from."""
    factory = server.factory
    rp = RelyingParty(server.app, *factory.client_with_secret())
    arrange = Arranger(server.app, factory)
    user_id = factory.user()
    return rp, arrange, {"user_id": user_id, "session_id": arrange.session(user_id)}


def basic(rp):
    pair = base64.b64encode(f"{rp.client_id}:{rp.client_secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def one_winner(answers, error):
    """Check that one won and that every other was told so properly; return what the winner got."""
    won = [body for status, body in answers if status == 200]
    lost = {(status, body.get("error")) for status, body in answers if status != 200}
    assert len(won) == 1, f"{len(won)} winners; losers: {lost}"
    assert lost == {error}
    return won[0]


def count(arrange, model, **values):
    statement = select(func.count()).select_from(model).filter_by(**values)
    return arrange.rows(statement)[0][0]


def test_pk07_race_for_one_code_has_one_winner(crowd, party):
    rp, arrange, person = party
    for _round in range(ROUNDS):
        code = arrange.code(rp, **person)
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": rp.redirect_uri,
            "code_verifier": rp.verifier,
        }  # fmt: skip
        winner = one_winner(crowd.fire(form, basic(rp)), (400, "invalid_grant"))
        row = arrange.rows(select(AuthorizationCode).filter_by(digest=digest(code)))[0][0]
        assert count(arrange, RefreshToken, grant_id=row.grant_id) == 1
        assert count(arrange, RefreshToken, digest=digest(winner["refresh_token"])) == 1
        # The losers sent a used code: whoever won may have been a thief, so nothing of it lives on.
        assert count(arrange, Grant, id=row.grant_id, revoked_reason="code reused") == 1


def test_rt02_race_for_one_refresh_token_makes_no_fork(crowd, party):
    rp, arrange, person = party
    for _round in range(ROUNDS):
        first = arrange.tokens(rp, **person)["refresh_token"]
        form = {"grant_type": "refresh_token", "refresh_token": first}
        winner = one_winner(crowd.fire(form, basic(rp)), (400, "invalid_grant"))
        grant_id = arrange.rows(select(RefreshToken.grant_id).filter_by(digest=digest(first)))[0][0]
        assert count(arrange, RefreshToken, grant_id=grant_id) == 2
        assert count(arrange, RefreshToken, digest=digest(winner["refresh_token"]), used_at=None) == 1
        assert count(arrange, Grant, id=grant_id, revoked_reason="refresh token reused") == 1


def test_tk10_race_with_one_assertion_has_one_winner(crowd, server):
    party = AssertingParty(server.app, server.factory, ECKey.generate_key("P-256", {"kid": "k"}), "ES256")
    for _round in range(ROUNDS):
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": party.sign(claims(party.client_id, aud=server.issuer)),
        }
        answers = crowd.fire(form, {})
        assert sum(status == 200 for status, _body in answers) == 1
        assert {status for status, _body in answers} <= {200, 401, 429}


def test_dv02_race_of_a_device_that_asks_fifty_times_at_once_has_one_winner(crowd, party):
    _rp, arrange, person = party
    client_id = arrange.factory.public_client(type="device", redirect_uris=[], post_logout_redirect_uris=[])
    for _round in range(ROUNDS):
        with arrange.context():
            issued = device.issue(client_id, ("openid",), ())
            found = device.find_by_user_code(issued.user_code, secrets.token_hex(8))
            session = db.session.get(Session, person["session_id"])
            approval = device.Approval(user_id=person["user_id"], session=session, scopes=["openid"], offline=False)
            device.approve(found, approval)
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": issued.device_code,
            "client_id": client_id,
        }  # fmt: skip
        one_winner(crowd.fire(form, {}), (400, "invalid_grant"))
