"""Kill -9 in the middle of the work: nothing that was acknowledged is lost, and no hand is needed.

`IDP_TEST_CRASH_OPERATIONS` says how many sign-ins and refreshes are acknowledged before the end (1,000 in `make crash`).
"""

import itertools
import os
import random
import threading
import time

import httpx
import pytest

from tests.factories import REDIRECT
from tests.http_person import Person

OPERATIONS = int(os.environ.get("IDP_TEST_CRASH_OPERATIONS", "150"))
KILLS = 2 if OPERATIONS < 1000 else 8
PEOPLE = 8
REFRESHES_A_SIGN_IN = 6


class Ledger:
    """What was acknowledged, and what was sent without an answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.acknowledged = 0
        self.sessions = []
        self.families = []
        self.statuses = []

    def add(self, status):
        with self.lock:
            self.statuses.append(status)
            self.acknowledged += status == 200


class Family:
    """A line of refresh tokens: the last one received, and whether a later request got no answer."""

    def __init__(self, token) -> None:
        self.token, self.in_doubt = token, False


def live_life(server, email, client, ledger, stop):
    while not stop.is_set():
        person = Person(server)
        try:
            one_round(person, email, client, ledger, stop)
        except (httpx.TransportError, httpx.HTTPStatusError):
            time.sleep(0.05)
        finally:
            person.close()


def one_round(person, email, client, ledger, stop):
    if not person.sign_in(email):
        raise httpx.HTTPStatusError("not signed in", request=None, response=None)
    ledger.add(200)
    ledger.sessions.append(dict(person.http.cookies))
    answer = person.tokens(*client, REDIRECT)
    ledger.add(answer.status_code)
    answer.raise_for_status()
    family = Family(answer.json()["refresh_token"])
    ledger.families.append(family)
    for _number in range(REFRESHES_A_SIGN_IN):
        if stop.is_set():
            return
        family.in_doubt = True
        answer = person.token(*client, grant_type="refresh_token", refresh_token=family.token)
        ledger.add(answer.status_code)
        answer.raise_for_status()
        family.token, family.in_doubt = answer.json()["refresh_token"], False


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_rl01_kill_minus_nine_loses_nothing_acknowledged(live, live_database_url):
    server = live(database_url=live_database_url)
    client = server.factory.client_with_secret(first_party=True)
    people = [f"crash{number}@example.com" for number in range(PEOPLE)]
    for email in people:
        server.factory.user(email)
    ledger, stop = Ledger(), threading.Event()
    threads = [
        threading.Thread(target=live_life, args=(server, email, client, ledger, stop), daemon=True) for email in people
    ]
    for thread in threads:
        thread.start()
    for share in range(1, KILLS + 1):
        wait_for_acknowledged(ledger, OPERATIONS * share // (KILLS + 1))
        time.sleep(random.random() / 5)
        server.kill()
        server.start_replica(server.ports[0])
    wait_for_acknowledged(ledger, OPERATIONS)
    stop.set()
    for thread in threads:
        thread.join(60)
    judge(server, client, ledger)


def wait_for_acknowledged(ledger, count):
    end = time.monotonic() + 300
    while ledger.acknowledged < count:
        assert time.monotonic() < end, f"stuck at {ledger.acknowledged}: {sorted(set(ledger.statuses))}"
        time.sleep(0.02)


def judge(server, client, ledger):
    assert not [status for status in ledger.statuses if status >= 500 and status != 503]
    lost = [cookies for cookies in ledger.sessions if not session_lives(server, cookies)]
    assert not lost, f"{len(lost)} of {len(ledger.sessions)} acknowledged sessions are gone"
    person = Person(server)
    for family in ledger.families:
        answer = person.token(*client, grant_type="refresh_token", refresh_token=family.token)
        allowed = {200, 400} if family.in_doubt else {200}
        assert answer.status_code in allowed, answer.text
    person.close()
    assert server.idp("audit", "verify").returncode == 0
    assert "Traceback" not in server.log()
    assert len(list(itertools.chain(ledger.sessions, ledger.families))) > KILLS


def session_lives(server, cookies):
    with httpx.Client(base_url=server.addresses[0], headers={"Host": server.host}, cookies=cookies) as http:
        return http.get("/account").status_code == 200
