"""Keys rotate under a running server of two replicas, and no token of its fails to verify; a leaked key's tokens die."""

import base64
import http.client
import json
import threading
import time
from urllib.parse import urlencode, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from tests.services import wait_for

pytestmark = pytest.mark.slow


class Machine:
    """A machine client that asks both replicas in turn."""

    def __init__(self, server) -> None:
        self.server = server
        self.hosts = [urlsplit(address).netloc for address in server.addresses]
        self.client_id, secret = server.factory.client_with_secret(
            type="machine", redirect_uris=[], post_logout_redirect_uris=[]
        )
        pair = base64.b64encode(f"{self.client_id}:{secret}".encode()).decode()
        self.headers = {
            "Host": server.host, "Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip

    def ask(self, method, path, replica, **form):
        connection = http.client.HTTPConnection(self.hosts[replica], timeout=20)
        try:
            connection.request(method, path, urlencode(form) if form else None, self.headers)
            response = connection.getresponse()
            assert response.status == 200
            return json.loads(response.read())
        finally:
            connection.close()

    def token(self, replica):
        return self.ask("POST", "/oauth/token", replica, grant_type="client_credentials")["access_token"]

    def jwks(self, replica):
        return self.ask("GET", "/oauth/jwks", replica)

    def is_active(self, token, replica):
        return self.ask("POST", "/oauth/introspect", replica, token=token)["active"]


class Verifier(threading.Thread):
    """Takes tokens from one replica and checks them with the keys of the other, kept for `keep` seconds."""

    def __init__(self, machine, replica, keep) -> None:
        super().__init__()
        self.machine, self.replica, self.keep = machine, replica, keep
        self.over, self.good, self.failures, self.kids = threading.Event(), 0, [], set()

    def run(self):
        keys, fetched = None, 0.0
        while not self.over.is_set():
            if keys is None or time.monotonic() - fetched > self.keep:
                keys, fetched = KeySet.import_key_set(self.machine.jwks(1 - self.replica)), time.monotonic()
            try:
                token = self.machine.token(self.replica)
                self.kids.add(jws.deserialize_compact(token, keys, algorithms=["RS256"]).headers()["kid"])
                self.good += 1
                time.sleep(0.2)  # a server under full load says nothing more, and takes long
            except Exception as error:
                self.failures.append(repr(error))


def test_jw11_no_verification_fails_while_keys_rotate(live, live_database_url):
    server = live(database_url=live_database_url, replicas=2)
    machine = Machine(server)
    verifiers = [Verifier(machine, replica, keep) for replica in (0, 1) for keep in (0, 1.0)]
    for verifier in verifiers:
        verifier.start()
    try:
        for _turn in range(2):
            made = json.loads(server.idp("key", "next", "--json").stdout)
            time.sleep(2.0)  # longer than any of these verifiers keeps the keys
            assert json.loads(server.idp("key", "promote", "--force", "--json").stdout)["kid"] == made["kid"]
            wait_for(lambda kid=made["kid"]: all(kid in verifier.kids for verifier in verifiers), seconds=60)
    finally:
        for verifier in verifiers:
            verifier.over.set()
        for verifier in verifiers:
            verifier.join()
    assert [verifier.failures for verifier in verifiers] == [[]] * 4
    assert all(len(verifier.kids) == 3 for verifier in verifiers)


def test_jw11_tokens_of_a_leaked_key_are_refused_on_every_replica_at_once(live, live_database_url):
    server = live(database_url=live_database_url, replicas=2)
    machine = Machine(server)
    tokens = [machine.token(replica) for replica in (0, 1)]
    assert all(machine.is_active(token, replica) for token in tokens for replica in (0, 1))
    before = {key["kid"] for key in machine.jwks(0)["keys"]}
    server.idp("key", "rotate", "--emergency", "--yes")
    start = time.monotonic()
    wait_for(lambda: not any(machine.is_active(token, replica) for token in tokens for replica in (0, 1)), seconds=5)
    assert time.monotonic() - start < 5
    for replica in (0, 1):
        assert not before & {key["kid"] for key in machine.jwks(replica)["keys"]}
        assert machine.is_active(machine.token(replica), 1 - replica)
