"""Two hundred guesses at once over two server processes: the limit is exact, and the owner still gets in."""

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from idp.audit.models import Event
from idp.limits import policy
from tests import services
from tests.arrange import Arranger
from tests.factories import PASSWORD
from tests.http_person import Person
from tests.live import live_server

GUESSES = 200
networks = itertools.count(1)


@pytest.fixture(scope="module")
def server(database_url, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        url = "" if database_url.startswith("sqlite") else stack.enter_context(services.postgres_database())
        yield stack.enter_context(
            live_server(tmp_path_factory.mktemp("guesses"), database_url=url, replicas=2, PROXY__HOPS=1)
        )


@pytest.fixture
def people(server):
    """Make browsers, spread over both replicas; all are closed at the end."""
    with contextlib.ExitStack() as stack:

        def make(number):
            found = [Person(server, server.addresses[turn % 2]) for turn in range(number)]
            for turn, person in enumerate(found):
                # Each on a network of its own, so that only what guards the account is at work.
                person.http.headers["X-Forwarded-For"] = f"198.51.{next(networks)}.{turn}"
                stack.callback(person.close)
            return found

        yield make


def events(server, tag, user_id, reason):
    """How many events of a kind and reason there are about a person."""
    rows = Arranger(server.app, server.factory).rows(
        select(Event.detail).where(Event.tag == tag, Event.subject == f"user:{user_id}")
    )
    return sum(row.detail.get("reason") == reason for row in rows)


def fire(jobs):
    with ThreadPoolExecutor(40) as pool:
        return list(pool.map(lambda job: job(), jobs))


def test_lg01_race_of_wrong_passwords_stops_at_the_limit_and_a_known_browser_gets_in(server, people):
    email = "lg01@example.com"
    user_id = server.factory.user(email)
    (known, *strangers) = people(1 + 20)
    assert known.sign_in(email)
    pages = [(person, person.open("/login")) for person in strangers]

    def guess(person, page):
        return lambda: person.submit(page, "identifier", identifier=email, password="wrong").status_code

    answers = fire([guess(*pages[number % len(pages)]) for number in range(GUESSES)])
    assert answers.count(401) == policy.SIGN_IN.tries
    assert answers.count(429) == GUESSES - policy.SIGN_IN.tries
    assert events(server, "login.failed", user_id, "credentials") == policy.SIGN_IN.tries
    known.http.cookies.delete("idp_session")
    assert known.sign_in(email)


def test_mf03_race_of_wrong_codes_stops_at_the_limit_and_a_known_browser_gets_in(server, people):
    email = "mf03@example.com"
    user_id = server.factory.user(email)
    seed = server.factory.totp(user_id)
    (known, *strangers) = people(1 + 40)
    page = known.submit(known.open("/login"), "identifier", identifier=email, password=PASSWORD)
    known.submit(page, "code", code=server.factory.code(seed, -1))
    assert known.open("/account").url.path == "/account"
    pages = [
        (person, person.submit(person.open("/login"), "identifier", identifier=email, password=PASSWORD))
        for person in strangers
    ]

    def guess(person, page):
        return lambda: person.submit(page, "code", code="000000").status_code

    fire([guess(*pages[number % len(pages)]) for number in range(GUESSES)])
    assert events(server, "login.step_failed", user_id, "code") == policy.SECOND_STEP.tries
    known.http.cookies.delete("idp_session")
    page = known.submit(known.open("/login"), "identifier", identifier=email, password=PASSWORD)
    known.submit(page, "code", code=server.factory.code(seed))
    assert known.open("/account").url.path == "/account"
