"""The tabs of one app and one person: what they show, and what is done there."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from idp.access import assignments, catalogue
from idp.accounts.lifecycle import states
from idp.audit.tags import Tag
from idp.clients import keys, listing
from idp.clients import service as clients
from idp.clients.metadata.rules import RULES
from idp.clients.models import Client, ClientSecret
from idp.core import fetch
from idp.core.clock import now
from idp.oauth.tokens.models import AuthorizationCode
from idp.rollups.models import DailyCount
from idp.webhooks import service as webhooks
from tests.actors import Browser, RelyingParty
from tests.admin.house import OWNER, House, post, public_keys, somebody
from tests.admin.test_lists import link, shown
from tests.services import noting_connections


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


@pytest.fixture
def owner(house, browser):
    browser.sign_in(OWNER)
    return browser


def main(browser):
    return browser.text.split("<main")[1].split("</main>")[0]


def test_a_person_is_judged_as_a_sign_in_would_judge_them(house, owner, arrange):
    arrange.run(catalogue.create_role, "reader", permissions=[("https://articles.example.com", "articles.read")])
    change = {"allowed_apis": ["https://articles.example.com"], "scopes": ["openid", "email", "articles.read"]}
    arrange.run(clients.update_client, house.client_id, change)
    page = f"/admin/clients/{house.client_id}/access?user=victim@example.com"
    owner.get(page)
    assert "They may sign in." in main(owner)
    assert "Left out, for they have no right to it: articles.read" in main(owner)
    arrange.run(assignments.grant_role, house.victim, "reader", actor="system")
    owner.get(page)
    assert "Left out" not in main(owner)
    arrange.run(clients.update_client, house.client_id, {"allowed_roles": ["chief"], "require_second_step": True})
    owner.get(page)
    assert "It takes one of these roles: chief." in main(owner)
    arrange.run(clients.update_client, house.client_id, {"allowed_roles": []})
    owner.get(page)
    assert main(owner).count("Who has no second step sets one up inside the sign-in.") == 2
    arrange.run(states.disable, house.victim)
    owner.get(page)
    assert "The account is not in use." in main(owner)
    owner.get(f"/admin/clients/{house.client_id}/access?user=nobody")
    assert "There is no such account." in main(owner)
    blind = somebody(house, ["admin.clients.read"])
    blind.get(page)
    assert "Check a person" not in blind.text
    assert "victim@" not in main(blind)


@pytest.mark.parametrize("tab", ["edit", "access"])
def test_a_form_that_is_saved_as_it_is_changes_nothing(house, owner, arrange, tab):
    arrange.run(catalogue.create_role, "writer")
    values = {
        "redirect_uris": ["https://rp.example.com/a", "https://rp.example.com/b"], "first_party": True,
        "allowed_roles": ["editor", "writer"], "allowed_apis": ["https://articles.example.com"],
        "require_second_step": True, "client_uri": "https://rp.example.com/",
    }  # fmt: skip
    arrange.run(clients.update_client, house.client_id, values)
    before = told(arrange.run(clients.get_client, house.client_id))
    owner.get(f"/admin/clients/{house.client_id}/{tab}")
    owner.submit("version")
    assert owner.status == 200, main(owner)
    assert told(arrange.run(clients.get_client, house.client_id)) == before


def told(row):
    """What an app is, without when it was changed."""
    return {name: getattr(row, name) for name in RULES}


def test_a_webhook_that_is_saved_as_it_is_stays_the_same(house, owner, arrange):
    before = arrange.run(webhooks.get_endpoint, "editor")
    owner.get("/admin/webhooks/editor/edit")
    owner.submit("version")
    after = arrange.run(webhooks.get_endpoint, "editor")
    assert (after.url, after.events, after.label) == (before.url, before.events, before.label)
    assert after.version == before.version + 1


def test_access_is_changed_and_nothing_else_and_a_lost_update_is_told(house, owner, arrange):
    arrange.run(clients.update_client, house.client_id, {"allowed_roles": ["gone"]})
    page = f"/admin/clients/{house.client_id}/access"
    owner.get(page)
    before = arrange.run(clients.get_client, house.client_id)
    owner.submit("require_second_step", require_second_step="y", allowed_roles=["gone", "editor"])
    assert owner.path == page
    row = arrange.run(clients.get_client, house.client_id)
    assert (row.allowed_roles, row.require_second_step) == (["gone", "editor"], True)
    assert (row.redirect_uris, row.scopes) == (before.redirect_uris, before.scopes)
    assert post(owner, page, {"version": str(before.version)}).status_code == 409
    assert arrange.run(clients.get_client, house.client_id).allowed_roles == ["gone", "editor"]
    assert post(owner, page, {"allowed_roles": "made up", "version": str(row.version)}).status_code == 422


def test_a_rotation_is_told_whether_the_old_secret_can_go(house, owner, arrange, clock):
    page = f"/admin/clients/{house.client_id}/secrets"
    owner.get(page)
    assert "It was never used." in main(owner)
    assert "once it has been silent for a week" in main(owner)
    first = house.secret_id()
    arrange.execute(update(ClientSecret).where(ClientSecret.id == first).values(last_used_at=now()))
    owner.get(page)
    assert "is still in use" in main(owner)
    arrange.execute(update(ClientSecret).where(ClientSecret.id == first).values(last_used_at=now() - timedelta(days=1)))
    owner.get(page)
    assert "It can be removed once it has been silent for a week." in main(owner)
    clock.advance(8 * 86_400)
    owner.sign_in(OWNER)
    owner.get(page)
    assert "and can be removed" in main(owner)
    arrange.execute(update(ClientSecret).where(ClientSecret.id == first).values(last_used_at=now() - timedelta(days=2)))
    owner.get(page)
    assert "is still in use" in main(owner)
    owner.submit("label", label="2027")
    secret = owner.text.split('<code dir="ltr">idps_')[1].split("<")[0]
    owner.get(page)
    assert secret not in owner.text


def test_pkce_that_an_app_uses_unasked_is_required_by_one_click(house, owner, arrange, app, factory):
    page = f"/admin/clients/{house.client_id}/secrets"
    owner.get(page)
    assert "used PKCE" not in main(owner)
    arrange.run(clients.update_client, house.client_id, {"require_pkce": False})
    owner.get(page)
    assert "used PKCE" not in main(owner)  # nothing was seen yet
    factory.user("alice@example.com")
    RelyingParty(app, house.client_id).authorize(Browser(app), "alice@example.com")
    owner.get(page)
    assert "Its last sign-in used PKCE" in main(owner)
    owner.get(page)
    post(owner, f"/admin/clients/{house.client_id}/require-pkce", {})
    assert arrange.run(clients.get_client, house.client_id).require_pkce
    owner.get(page)
    assert "used PKCE" not in main(owner)
    arrange.run(clients.update_client, house.client_id, {"require_pkce": False})
    arrange.execute(update(AuthorizationCode).values(code_challenge=None))
    owner.get(page)
    assert "used PKCE" not in main(owner)


def test_keys_are_shown_by_thumbprint_replaced_and_fetched(house, owner, arrange, monkeypatch):
    page, row = f"/admin/clients/{house.robot_id}/secrets", arrange.run(clients.get_client, house.robot_id)
    owner.get(page)
    assert keys.thumbprint(row.jwks["keys"][0]) in main(owner)
    for wrong in ("{", "[" * 5000, '{"keys": []}', json.dumps({"keys": [{"kty": "oct", "k": "x"}]})):
        owner.get(page)
        owner.submit("jwks", jwks=wrong)
        assert owner.status == 422, wrong
    owner.get(page)
    owner.submit("jwks", jwks_uri="https://robot.example.com/jwks", jwks=json.dumps(public_keys("second")))
    assert owner.status == 422, "either the one or the other"
    owner.get(page)
    owner.submit("jwks", jwks_uri="https://robot.example.com/jwks", jwks="")
    assert owner.path == page
    row = arrange.run(clients.get_client, house.robot_id)
    assert (row.jwks, row.jwks_uri) == (None, "https://robot.example.com/jwks")
    monkeypatch.setattr(fetch, "fetch", lambda _uri: json.dumps(public_keys("fetched")).encode())
    owner.press("/keys/fetch")
    assert "fetched" in main(owner)

    def refuse(_uri):
        raise fetch.FetchError("address is not public")

    monkeypatch.setattr(fetch, "fetch", refuse)
    owner.get(page)
    owner.press("/keys/fetch")
    assert owner.status == 422
    assert "address is not public" in main(owner)
    assert post(owner, f"/admin/clients/{house.client_id}/keys", {"jwks": "", "version": "1"}).status_code == 422
    assert post(owner, f"/admin/clients/{house.client_id}/keys/fetch", {}).status_code == 422


def test_no_connection_is_held_while_the_address_of_keys_is_asked(house, owner, arrange, monkeypatch):
    arrange.run(clients.update_client, house.robot_id, {"jwks": None, "jwks_uri": "https://robot.example.com/jwks"})
    held = []
    answer = noting_connections(held, lambda _uri: json.dumps(public_keys("fetched")).encode())
    monkeypatch.setattr(fetch, "fetch", answer)
    assert post(owner, f"/admin/clients/{house.robot_id}/keys/fetch", {}).status_code == 200
    assert held == [0]


def test_grants_of_an_app_in_pages_and_only_its_own_are_ended(house, owner, factory, arrange):
    for _number in range(30):
        arrange.family(factory.user(password=None), house.client_id)
    other, _secret = factory.client_with_secret("Other")
    owner.get(f"/admin/clients/{house.client_id}/grants")
    first = shown(owner)
    owner.get(link(owner, "next"))
    assert len(first) == 25
    assert len(shown(owner)) == 6
    assert not set(first) & set(shown(owner))
    assert "victim@example.com" in shown(owner)
    assert post(owner, f"/admin/clients/{other}/grants/{house.grant_id}/revoke", {}).status_code == 404
    assert post(owner, f"/admin/clients/{house.client_id}/grants/{house.grant_id}/revoke", {}).status_code == 303
    owner.get(f"/admin/clients/{house.client_id}/danger")
    assert "30 people gave it access." in main(owner)
    owner.get(f"/admin/clients/{house.client_id}/delete")
    assert "30 people gave it access." in main(owner)


def test_events_of_an_app_and_of_a_person_are_filtered(house, owner, arrange):
    arrange.run(clients.disable_client, house.client_id)
    for path, tag in ((f"/admin/clients/{house.client_id}/events", Tag.CLIENT_DISABLED),
                      (f"/admin/users/{house.victim}/events", Tag.ROLE_GRANTED)):  # fmt: skip
        owner.get(path)
        assert f">{tag.value}</code>" in owner.text
        owner.get(f"{path}?tag={tag.value}&since=2020-01-01&until=9999-12-31")
        rows = owner.text.split("<tbody>")[1].split("</tbody>")[0]
        assert rows.count("<tr ") == rows.count(f">{tag.value}</code>") > 0
        owner.get(f"{path}?tag=key.*")
        assert "Nothing to show" in owner.text
        owner.get(f"{path}?after=x&since=x&subject=user:else&client_id=else")
        assert f">{tag.value}</code>" in owner.text


def ids(browser):
    return browser.text.count("<tr data-row=")


def test_apps_are_filtered_and_say_when_they_were_last_used(house, owner, factory, arrange):
    spa = factory.public_client(name="Zebra")
    old = now() - timedelta(days=200)
    arrange.execute(update(Client).where(Client.id.in_([spa, house.client_id])).values(created_at=old))
    arrange.run(clients.disable_client, spa)
    used = {"kind": "client", "name": house.client_id, "day": now().date() - timedelta(days=3), "count": 4}
    arrange.execute(insert(DailyCount).values(used))
    for query, expected in (
        ("", 3), ("type=spa", 1), ("type=x", 3), ("state=off", 1), ("state=on", 2), ("state=x", 3), ("unused=yes", 1),
        ("search=zeb", 1), ("search=ZEB", 1), (f"search={house.client_id[:20]}", 1), (f"search={house.client_id}", 1),
        ("search=%25", 0), ("search=s&state=off", 0), ("search=%00", 0), ("search=%F4%8F%BF%BF", 0),
    ):  # fmt: skip
        owner.get(f"/admin/clients?{query}")
        assert ids(owner) == expected, query
    owner.get("/admin/clients?unused=yes&type=spa")
    assert "Zebra" in main(owner)
    assert arrange.run(listing.last_used, [house.client_id, spa]) == {house.client_id: used["day"]}
    with arrange.context():
        lines = {line.id: line.secrets for line in listing.describe(clients.list_clients())}
    assert lines == {house.client_id: "ok", spa: "public", house.robot_id: "keys"}


def test_a_secret_that_ends_soon_is_seen_in_the_list(house, arrange):
    def state():
        with arrange.context():
            return listing.describe([clients.get_client(house.client_id)])[0].secrets

    for days, expected in ((3, "soon"), (30, "ok"), (-1, "none")):
        ends = now() + timedelta(days=days)
        arrange.execute(
            update(ClientSecret).where(ClientSecret.client_id == house.client_id).values(expires_at=ends)
        )  # fmt: skip
        assert state() == expected


def test_a_secret_says_who_made_it_and_goes_on_when_the_trail_forgets(house, owner, arrange):
    page = f"/admin/clients/{house.client_id}/secrets"
    owner.get(page)
    owner.submit("label", label="2027")
    owner.get(page)
    rows = re.findall(r"<tr><th scope=.row.*?</tr>", main(owner), re.DOTALL)
    assert ["system" in row for row in rows] == [True, True, False]
    assert f'href="/admin/users/{house.owner}"' in rows[-1]
    assert OWNER in rows[-1]
    assert [row.created_by for row in arrange.run(clients.list_secrets, house.client_id)][-1] == f"user:{house.owner}"
    arrange.execute(update(ClientSecret).values(created_by=None))
    owner.get(page)
    assert OWNER not in main(owner)


def test_the_list_of_apps_says_how_people_sign_in_to_each(house, owner, factory, arrange):
    def badges(name):
        owner.get("/admin/clients")
        row = next(row for row in main(owner).split("<tr")[1:] if f"<bdi>{name}</bdi>" in row)
        return re.findall(r'class="badge neutral">([^<]+)<', row.split("<td>")[3])

    assert badges("Shop") == ["asks"]
    values = {"first_party": True, "allowed_roles": ["editor"], "require_second_step": True}
    arrange.run(clients.update_client, house.client_id, values)
    assert badges("Shop") == ["ours", "some roles", "second step"]
    arrange.run(clients.create_client, name="Cron", type="machine")
    assert badges("Cron") == []


def test_people_are_filtered_by_the_day_and_show_roles_and_when_they_were_seen(house, owner):
    today = now().date()
    for query, expected in ((f"since={today}", 2), (f"until={today}", 2), (f"until={today - timedelta(days=1)}", 0),
                            (f"since={today + timedelta(days=1)}", 0), ("since=x&until=9999-12-31", 2)):  # fmt: skip
        owner.get(f"/admin/users?{query}")
        assert len(shown(owner)) == expected, query
    owner.get("/admin/users?search=victim")
    assert "<td>editor</td>" in main(owner)
    assert "<td>never</td>" not in main(owner)


def test_what_a_person_may_do_has_its_way_and_an_app_loses_them(house, owner):
    owner.get(f"/admin/users/{house.victim}/roles")
    assert "editor" in main(owner)
    assert "staff" in main(owner)
    owner.get(f"/admin/users/{house.victim}/apps")
    assert "Shop" in main(owner)
    owner.press("/remove")
    assert "No connected apps" in main(owner)
    assert post(owner, f"/admin/users/{house.victim}/apps/nothing/remove", {}).status_code == 404
    owner.get(f"/admin/users/{house.victim}/sessions")
    owner.press("/end")
    assert "Not signed in anywhere" in main(owner)
    gone = f"/admin/users/{house.owner}/sessions/{house.session_id}/end"
    assert post(owner, gone, {}).status_code == 404
    owner.get(f"/admin/users/{house.victim}/methods")
    assert "Recovery codes left" in main(owner)


def test_the_one_box_finds_apps_by_the_start_of_their_name(house, owner, factory):
    owner.get("/admin/search?q=sho")
    assert owner.path == f"/admin/clients/{house.client_id}"
    factory.client_with_secret("Shoes")
    owner.get("/admin/search?q=SHO")
    assert "Shoes" in main(owner)
    assert "Shop" in main(owner)
    owner.get("/admin/search?q=nothing+like+it")
    assert owner.status == 200
    assert "/admin/clients/" not in main(owner)
