"""A new password or another address on one server process: on the other everything is over within a second."""

import contextlib
import time
from urllib.parse import urlsplit

import pytest

from tests import services
from tests.factories import PASSWORD
from tests.http_person import Person
from tests.live import live_server

REDIRECT = "https://rp.example.com/callback"
SECOND = "another quite unrelated phrase"


@pytest.fixture(scope="module")
def server(database_url, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        url = "" if database_url.startswith("sqlite") else stack.enter_context(services.postgres_database())
        yield stack.enter_context(live_server(tmp_path_factory.mktemp("ends"), database_url=url, replicas=2))


@pytest.fixture
def crowd(server, request):
    """A person with a second step, signed in on both processes with an app each; and a stranger's browser."""
    email = f"{request.node.name.split('[')[0].replace('_', '-')}@example.com"
    user_id = server.factory.user(email)
    seed = server.factory.totp(user_id)
    client_id, secret = server.factory.client_with_secret()
    with contextlib.ExitStack() as stack:
        people = [Person(server, address) for address in (*server.addresses, server.addresses[0])]
        for person in people:
            stack.callback(person.close)
        tokens = []
        for turn, person in enumerate(people[:2]):
            page = person.submit(person.open("/login"), "identifier", identifier=email, password=PASSWORD)
            person.submit(page, "code", code=server.factory.code(seed, turn))
            tokens.append(person.tokens(client_id, secret, REDIRECT).json())
        yield email, people, tokens, (client_id, secret)


def newest_link(server, to, start):
    app = server.app
    mails = app.test_client().get("/dev/mail.json", base_url=server.issuer).json
    links = [link for mail in mails if mail["to"] == to for link in mail["links"]]
    return next(urlsplit(link).path for link in links if urlsplit(link).path.startswith(start))


def over_within_a_second(people, tokens, client):
    """Every browser is a stranger's and every refresh token is refused, a second after the act at the latest."""
    end = time.monotonic() + 1
    while True:
        signed_in = [person.open("/account").url.path == "/account" for person in people[:2]]
        if not any(signed_in) or time.monotonic() > end:
            break
    assert not any(signed_in)
    for person, given in zip(people, tokens, strict=False):
        answer = person.token(*client, grant_type="refresh_token", refresh_token=given["refresh_token"])
        assert answer.json()["error"] == "invalid_grant"


def test_lg14_after_a_reset_everything_is_over_on_both_processes(server, crowd):
    email, people, tokens, client = crowd
    stranger = people[2]
    stranger.submit(stranger.open("/forgot"), "email", email=email)
    page = stranger.open(newest_link(server, email, "/reset/"))
    stranger.submit(page, "new_password", new_password=SECOND)
    over_within_a_second(people, tokens, client)
    page = stranger.submit(stranger.open("/login"), "identifier", identifier=email, password=SECOND)
    assert page.url.path == "/login/verify"


def test_lg22_after_another_address_everything_is_over_on_both_processes(server, crowd):
    email, people, tokens, client = crowd
    owner, new = people[0], "moved-" + email
    owner.submit(owner.open("/account/email"), "email", email=new)
    page = people[2].open(newest_link(server, new, "/new-email/"))
    people[2].submit(page, "csrf_token")
    over_within_a_second(people, tokens, client)
    page = people[2].submit(people[2].open("/login"), "identifier", identifier=new, password=PASSWORD)
    assert page.url.path == "/login/verify"
