"""The first page: what needs attention and where it is mended, first steps that tick themselves, numbers."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from idp.accounts.models import User
from idp.admin.dashboard import attention, attention_access
from idp.admin.dashboard.tiles import count_tiles
from idp.audit import chain, service
from idp.audit.tags import Tag
from idp.clients import service as clients
from idp.clients.models import Client, ClientSecret
from idp.core.clock import now
from idp.core.context import CallContext, set_context
from idp.keyring import service as keyring
from idp.operate import heartbeat
from idp.rollups import service as rollups
from idp.rollups.models import DailyCount
from idp.webhooks import service as webhooks
from idp.webhooks.models import WebhookEndpoint
from tests.actors import Browser
from tests.admin.house import post

OWNER = "owner@example.com"


@pytest.fixture
def owner(app, factory):
    user_id = factory.user(OWNER, roles=("owner",))
    factory.totp(user_id)
    return user_id


@pytest.fixture
def found(app, make_app):
    """Return what needs attention, by name; with some settings bent."""

    def find(**changes):
        bent = make_app(**changes) if changes else app
        with bent.test_request_context(base_url="https://id.example.com"):
            set_context(CallContext())
            points = [*attention.find_points(), *attention_access.find_points()]
            return {point.name: (str(point.says), point.url) for point in points}

    return find


PRODUCTION = {
    "mode": "production", "mail": {"url": "smtps://127.0.0.1:1"}, "passwords": {"bcrypt_cost": 12},
}  # fmt: skip


def test_a_good_house_in_production_needs_nothing(found, owner, arrange):
    arrange.run(heartbeat.beat)
    assert found(**PRODUCTION) == {}


def test_development_and_a_silent_worker_are_named(found, owner):
    points = found()
    assert points["mode"][1] == "/admin/help#production"
    assert points["worker"][1] == "/admin/help#worker"


def test_weak_settings_lead_to_themselves(found, owner):
    weak = {"passwords": {"minimum_length": 8, "bcrypt_cost": 4}, "admin": {"require_second_step": "never"}}
    points = found(**{**PRODUCTION, **weak, "mail": {**PRODUCTION["mail"], "sender": "Acme <no-reply@localhost>"}})
    assert points["sender"][1] == "/admin/settings/mail"
    assert points["passwords.minimum_length"][1] == "/admin/settings/passwords#passwords.minimum_length"
    assert points["admin.require_second_step"][1].startswith("/admin/settings/sessions")
    assert "passwords.bcrypt_cost" in points


def test_keys_that_change_soon_and_keys_without_a_next_one(found, owner, arrange, clock):
    assert "keys" not in found()
    clock.advance(85 * 86400)
    assert "No next key" in found()["keys"][0]
    arrange.run(keyring.prepare_next)
    assert "changes soon" in found()["keys"][0]
    assert found()["keys"][1] == "/admin/keys"


def test_owners_without_a_second_step_or_with_a_first_password(found, factory, arrange):
    assert "owners" in found()
    first = factory.user(OWNER, roles=("owner",))
    assert found()["second-step"] == (f"Owners without a second step: {OWNER}.", f"/admin/users/{first}")
    arrange.execute(update(User).values(must_change_password=True))
    assert "temporary" in found()
    factory.user("two@example.com", roles=("owner",))
    assert found()["second-step"][1] == "/admin/users?role=owner"


def test_apps_unused_insecure_or_with_a_secret_that_ends(found, owner, factory, arrange):
    used, _secret = factory.client_with_secret("Used")
    idle, _secret = factory.client_with_secret("Idle")
    factory.client_with_secret("Fresh")
    arrange.execute(update(Client).where(Client.id.in_([used, idle])).values(created_at=now() - timedelta(days=100)))
    day = now().date() - timedelta(days=80)
    arrange.execute(insert(DailyCount).values(day=day, kind=rollups.CLIENT, name=used, count=1))
    assert found()["unused"] == (
        "Apps that nobody has used for 90 days: Idle.", "/admin/clients?unused=yes&state=on",
    )  # fmt: skip
    arrange.execute(update(ClientSecret).where(ClientSecret.client_id == idle).values(last_used_at=now()))
    assert "unused" not in found()
    arrange.execute(update(ClientSecret).where(ClientSecret.client_id == used).values(expires_at=now() + timedelta(13)))
    assert found()["secrets"] == (
        "Apps whose secret has ended or ends within 14 days: Used.",
        f"/admin/clients/{used}/secrets",
    )
    arrange.execute(update(ClientSecret).where(ClientSecret.client_id == used).values(expires_at=now() - timedelta(1)))
    assert "secrets" in found()
    arrange.run(clients.add_secret, used, label="next")
    assert "secrets" not in found()
    uris = ["https://a.example.com/cb", "http://127.0.0.1:5000/cb"]
    arrange.execute(update(Client).where(Client.id == used).values(redirect_uris=uris))
    assert "addresses" not in found()
    assert found(**PRODUCTION)["addresses"][1] == f"/admin/clients/{used}/edit"
    arrange.execute(update(Client).where(Client.id == used).values(type="native"))
    assert "addresses" not in found(**PRODUCTION)


def test_what_failed_leads_to_where_it_is_seen(found, owner, arrange):
    for tag in (Tag.MAIL_GIVEN_UP, Tag.LOGOUT_GIVEN_UP, *[Tag.LOGIN_FAILED] * 25):
        arrange.run(service.record, tag, actor="system")
    arrange.run(chain.seal_events)
    arrange.run(rollups.count_events)
    arrange.run(webhooks.create_endpoint, "crm", url="https://hooks.example.com/", events=["role.*"])
    arrange.execute(update(WebhookEndpoint).values(failing_since=now()))
    points = found()
    assert points["mail"][1] == "/admin/settings/mail"
    assert points["logouts"][1] == "/admin/deliveries"
    assert points["guesses"][1] == "/admin/audit?tag=login.failed&last=24h"
    assert points["webhooks"][1] == "/admin/webhooks/crm"


def test_the_page_shows_points_to_whom_they_concern(app, factory, browser):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    browser.get("/admin")
    browser.get("/admin")
    assert "Development mode is on" in browser.text
    factory.user("sup@example.com", roles=("support",))
    other = Browser(app)
    other.sign_in("sup@example.com")
    other.get("/admin")
    assert other.status == 200
    assert "Development mode is on: demo" not in other.text
    assert "First steps" not in other.text


def test_numbers(app, owner, factory, arrange):
    old = factory.user("old@example.com", id="01" + "0" * 24)
    arrange.session(owner)
    arrange.session(owner)
    arrange.session(old, last_seen_at=now() - timedelta(days=3))
    arrange.run(service.record, Tag.LOGIN_FAILED, actor="system")
    with app.app_context():
        tiles = {str(tile.label): tile for tile in count_tiles()}
    assert (tiles["People"].value, str(tiles["People"].remark)) == ("2", "+1 in 7 days")
    assert (tiles["active in 24 hours"].value, tiles["active in 30 days"].value) == ("1", "2")
    assert tiles["sessions now"].value == "3"
    assert tiles["failed sign-ins in 24 hours"].value == "1"
    assert tiles["with a second step"].share == 0.5


def test_first_steps_tick_themselves_and_can_be_put_away(app, factory, browser, arrange, rp):
    factory.user(OWNER, roles=("owner",))
    arrange.execute(delete(Client))
    browser.sign_in(OWNER)

    def ticks():
        app.extensions.pop("idp.admin.tiles", None)
        browser.get("/admin")
        return browser.text.split('id="steps"')[1].split("</ol>")[0].count('<li class="done">')

    assert ticks() == 0
    client_id, _secret = factory.client_with_secret("Shop")
    assert ticks() == 1
    assert f'href="/admin/clients/{client_id}' in browser.text
    arrange.run(service.record, Tag.MAIL_TESTED, actor="system")
    arrange.run(service.record, Tag.TOKEN_ISSUED, actor="system")
    assert ticks() == 3
    assert post(browser, "/admin/first-steps/put-away", {}).status_code == 303
    browser.get("/admin")
    assert 'id="steps"' not in browser.text
    browser.get("/account/preferences")
    assert browser.status == 200
