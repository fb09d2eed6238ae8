"""What the lists of the API can be asked for: the same as the lists of the console, page by page."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.audit import chain
from idp.clients import service as clients
from idp.clients.models import Client
from idp.core.clock import now
from idp.oauth.tokens.models import Grant
from idp.sessions.models import Session
from tests.api.test_routes import assert_problem


def walk(owner, path):
    """Every row of a list, in pages of two."""
    found, after = [], ""
    while True:
        page = owner.get(f"{path}&limit=2{after}").json
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def test_people_are_found_by_what_the_list_of_the_console_can_be_asked_for(owner, callers, factory, arrange):
    crowd = [factory.user(f"p{number}@example.com") for number in range(5)]
    arrange.run(states.lock, crowd[0])
    arrange.run(states.disable, crowd[1])
    unverified = factory.user("unverified@example.com", verified=False)
    factory.totp(crowd[2])
    arrange.execute(update(User).where(User.id == crowd[2]).values(second_step_since=now()))

    def ids(query):
        return [row["id"] for row in walk(owner, f"/users?{query}")]

    assert ids("state=locked") == [crowd[0]]
    assert ids("state=disabled") == [crowd[1]]
    assert ids("state=unverified") == [unverified]
    assert ids("role=owner") == [callers.owner_id]
    assert ids("role=nothing") == []
    assert ids("second_step=yes") == [crowd[2]]
    assert ids("second_step=no&search=p") == [crowd[0], crowd[1], *crowd[3:]]
    assert ids("search=p") == crowd
    day = now().date()
    assert ids(f"since={day}&until={day}&search=p") == crowd
    assert ids(f"since={day + timedelta(days=1)}") == []
    assert ids(f"until={day - timedelta(days=1)}") == []


def test_apps_are_found_by_what_the_list_of_the_console_can_be_asked_for(owner, factory, arrange):
    shops = sorted(factory.client_with_secret(f"Shop {number}")[0] for number in range(3))
    other = factory.client_with_secret("Other")[0]
    phone = arrange.made(lambda: clients.create_client(name="Phone", type="native", redirect_uris=["app.ex:/c"])[0])
    arrange.run(clients.disable_client, other)
    arrange.execute(update(Client).where(Client.id == other).values(created_at=now() - timedelta(days=200)))

    def ids(query):
        return [row["id"] for row in walk(owner, f"/clients?{query}")]

    assert ids("search=shop") == shops
    assert ids("type=native") == [phone]
    assert ids("state=off") == [other]
    assert ids("state=on&type=web") == shops
    assert ids("unused=yes") == [other]
    assert len(ids("unused=no")) == 5


def test_sessions_are_found_by_person_by_app_and_by_risk(owner, factory, arrange):
    alice, bob = factory.user("alice@example.com"), factory.user("bob@example.com")
    hers = [arrange.session(alice) for _number in range(3)]
    his = arrange.session(bob)
    arrange.execute(update(Session).where(Session.id == his).values(risky=True))

    def ids(query):
        return [row["id"] for row in walk(owner, f"/sessions?{query}")]

    assert ids("person=alice@example.com") == ids(f"person={alice}") == hers[::-1]
    assert ids("person=nobody@example.com") == []
    assert ids("risk=yes") == [his]
    assert ids("client=nothing") == []
    assert owner.get("/sessions?risk=yes").json["items"][0]["risky"] is True
    shop = factory.client_with_secret("Shop")[0]
    arrange.execute(update(Grant).where(Grant.id == arrange.family(bob, shop)).values(session_id=his))
    assert ids(f"client={shop}") == [his]
    assert ids(f"client={shop}&person=alice@example.com") == []


def test_events_are_read_by_group_by_moments_and_forward(owner, factory, clock, callers):
    start = now()
    clock.advance(3600)
    middle = now()
    made = [owner.post("/groups", {"name": f"g{number}"}) for number in range(5)]
    assert {one.status_code for one in made} == {201}
    assert {row["event"] for row in walk(owner, "/audit?group=roles&event=group.*")} == {"group.created"}
    assert walk(owner, "/audit?group=keys&event=group.*") == []
    wanted = "/audit?event=group.created"
    assert len(walk(owner, f"{wanted}&since={_text(middle)}")) == 5
    assert walk(owner, f"{wanted}&until={_text(middle - timedelta(seconds=1))}") == []
    assert walk(owner, f"{wanted}&since={_text(start)}&until={_text(start + timedelta(minutes=1))}") == []
    assert len(walk(owner, f"{wanted}&since={start.date()}&until={middle.date()}")) == 5

    newest = [row["id"] for row in walk(owner, wanted)]
    assert walk(owner, f"{wanted}&order=oldest") == [], "what is not chained yet may be joined by an earlier one"
    callers.arrange.run(chain.seal_events)
    assert [row["id"] for row in walk(owner, f"{wanted}&order=oldest")] == newest[::-1]
    assert [row["id"] for row in walk(owner, f"{wanted}&order=newest")] == newest
    last = owner.get(f"{wanted}&order=oldest").json["items"][-1]["id"]
    assert owner.get(f"{wanted}&order=oldest&after={last}").json == {"items": [], "next": None}
    assert owner.post("/groups", {"name": "later"}).status_code == 201
    callers.arrange.run(chain.seal_events)
    assert len(owner.get(f"{wanted}&order=oldest&after={last}").json["items"]) == 1


def _text(moment):
    return moment.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "query",
    [
        "/users?state=odd", "/users?second_step=maybe", "/users?since=yesterday", "/clients?type=odd",
        "/clients?unused=maybe", "/sessions?risk=maybe", "/audit?group=odd", "/audit?order=odd",
        "/audit?since=2026-01-01T25:00:00Z", "/audit?since=0001-01-01T00:00:00%2B14:00", "/audit?since=20260101",
        "/audit?until=2026-02-30", "/audit?since=1700000000", "/users?until=2026-02-30",
    ],
)  # fmt: skip
def test_what_no_list_can_be_asked_for_is_refused(owner, query):
    assert_problem(owner.get(query), 422)
