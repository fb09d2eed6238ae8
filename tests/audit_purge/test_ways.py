"""The same purge by the console, the Admin API and the command line; what is said before, and who may."""

import re
from datetime import timedelta

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.permissions import BUILT_IN_ROLES, PERMISSIONS, covers
from idp.api_keys import service as keys
from idp.audit import chain
from idp.audit import service as audit
from idp.audit.cli import audit as group
from idp.audit.origin import find_origin
from idp.audit_purge.cli import purge, purges
from idp.core.cipher import Keychain
from idp.jobs import service as jobs
from idp.manifest.cli import plan
from idp.operate.config_cli import config
from idp.stored_settings import service as stored
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Api
from tests.audit_purge.trail import day, grow, run, seal

OWNER = "owner@example.com"


class Trail:
    """A house with sixty days of three events each, seen from outside of any request."""

    def __init__(self, app, factory, arrange, clock) -> None:
        self.app, self.factory, self.run = app, factory, arrange.run
        self.run(grow, clock, 60)
        self.owner = factory.user(OWNER, roles=("owner",))

    def events(self, tag, limit=200):
        return self.run(audit.find_events, tag=tag, limit=limit)

    def work(self):
        """What the worker does."""
        while self.run(jobs.run_due):
            pass
        self.run(seal)

    def api(self, permissions=PERMISSIONS):
        return Api(self.app, self.run(keys.add_key, self.owner, label="x", permissions=permissions)[1])


@pytest.fixture
def trail(app, factory, arrange, clock):
    return Trail(app, factory, arrange, clock)


@pytest.fixture
def operator(trail, browser):
    browser.sign_in(OWNER)
    return browser


def test_the_console_counts_then_wants_the_name_and_the_worker_does_it(operator, trail):
    operator.get("/admin/audit")
    assert "/admin/audit/purge" in operator.text
    operator.get(f"/admin/audit/purge?before={day(40)}")
    assert "60 events go" in operator.text
    assert "/admin/audit/export?until=" + str(day(41)) in operator.text
    form = {"before": str(day(40)), "typed": "something"}
    response = post(operator, "/admin/audit/purge", form)
    assert (response.status_code, "not its name" in response.text) == (409, True)
    assert "60 events go" in response.text
    assert trail.events("audit.purge*") == []
    response = post(operator, "/admin/audit/purge", {**form, "typed": "id.example.com"})
    assert response.status_code == 303
    operator.get("/admin/audit/purge")
    assert "<progress" in operator.text
    assert re.search(r"data-watch=\"\d+\"", operator.text)
    assert 'http-equiv="refresh"' in operator.text
    assert post(operator, "/admin/audit/purge", {**form, "typed": "id.example.com"}).status_code == 409
    trail.work()
    operator.get("/admin/audit/purge")
    assert "<progress" not in operator.text
    assert "<td>60</td>" in operator.text
    assert {event.actor for event in trail.events("audit.purge*")} == {f"user:{trail.owner}"}
    assert trail.run(chain.verify_chain).intact


def test_a_day_that_is_no_day_or_too_late_is_told_beside_it(operator, trail):
    for before, says in (
        (str(day(29)), "30 days ago"),
        ("soon", "Choose a day"),
        ("", "Choose a day"),
        ("2026-02-30", "Choose a day"),
    ):
        operator.get(f"/admin/audit/purge?before={before}")
        assert operator.status == 200
        assert says in operator.text, before
        response = post(operator, "/admin/audit/purge", {"before": before, "typed": "id.example.com"})
        assert response.status_code == 422
        assert says in response.text
    operator.get(f"/admin/audit/purge?before={day(300)}")
    assert "No event is that old" in operator.text
    assert trail.run(find_origin).position == 0


def test_pages_of_what_is_kept_go_on_as_before(operator, trail):
    seen = trail.events("login.succeeded")[-1].id
    post(operator, "/admin/audit/purge", {"before": str(day(40)), "typed": "id.example.com"})
    kept = trail.events("login.succeeded")[-1].id
    trail.work()
    operator.get(f"/admin/audit/{kept}")
    assert operator.status == 404, "it was the oldest, and is gone"
    first = trail.events("login.succeeded")[-1]
    operator.get(f"/admin/audit/{first.id}")
    assert "at place 61" in operator.text
    assert "as it was written" in operator.text
    for address in (
        "/admin",
        "/admin/audit",
        f"/admin/audit?after={kept}",
        f"/admin/audit?before={seen}",
        "/admin/audit/files",
    ):
        operator.get(address)
        assert operator.status == 200, address


def test_a_broken_chain_is_told_on_the_page(operator, trail):
    trail.run(run, "UPDATE audit_events SET actor = 'user:9' WHERE position = 7")
    post(operator, "/admin/audit/purge", {"before": str(day(40)), "typed": "id.example.com"})
    trail.work()
    operator.get("/admin/audit/purge")
    assert "broken off" in operator.text
    assert "The chain breaks at place 7" in operator.text


def test_the_api_counts_begins_and_tells_how_far_it_is(trail):
    owner = trail.api()
    told = owner.get(f"/audit/purge?before={day(40)}").json
    assert (told["before"], told["events"], told["first_at"][:10]) == (str(day(40)), 60, str(day(60)))
    begun = owner.post("/audit/purge", {"before": str(day(40))})
    assert (begun.status_code, begun.json["state"], begun.json["purged"]) == (200, "waiting", 0)
    assert owner.post("/audit/purge", {"before": str(day(40))}).status_code == 409
    trail.work()
    [row] = owner.get("/audit/purges").json["items"]
    assert (row["id"], row["state"], row["checked"], row["purged"]) == (begun.json["id"], "done", 60, 60)
    whole = owner.get("/audit/integrity").json
    assert (whole["intact"], whole["purged"], whole["position"] > 180) == (True, 60, True)
    for body in ({"before": str(day(29))}, {"before": "1"}, {"before": 1}, {}, {"before": str(day(200))}):
        assert owner.post("/audit/purge", body).status_code == 422, body
    assert owner.get("/audit/purge").status_code == 422
    assert owner.get(f"/audit/purge?before={day(200)}").json["events"] == 0


def test_the_command_counts_asks_and_does_it_here_and_now(trail, command_line):
    told = command_line.json(purge, "--before", day(40), "--dry-run")
    assert (told["before"], told["events"]) == (str(day(40)), 60)
    assert "60 events would go" in command_line.run(purge, "--before", day(40), "--dry-run").stdout
    assert command_line.run(purge, "--before", day(40), stdin="n\n").exit_code == 1
    assert trail.run(find_origin).position == 0
    done = command_line.json(purge, "--before", day(40), "--yes")
    assert (done["state"], done["purged"], done["actor"][:4]) == ("done", 60, "cli:")
    assert "that old" in command_line.refused(purge, "--before", day(40), "--yes", code=1)
    assert "30 days" in command_line.refused(purge, "--before", day(5), "--yes", code=1)
    whole = command_line.json(group, "verify")
    assert (whole["purged"], whole["events"]) == (60, 180 + 3 - 60)
    assert "after 60 that were purged" in command_line.run(group, "verify").stdout
    assert [event.actor[:4] for event in trail.events("audit.purge*")] == ["cli:", "cli:"]


def test_the_command_says_that_a_chain_is_broken(trail, command_line):
    trail.run(run, "UPDATE audit_events SET actor = 'user:9' WHERE position = 7")
    result = command_line.run(purge, "--before", day(40), "--yes")
    assert result.exit_code == 1
    assert "broke off after 0 events. The chain breaks at place 7" in result.stdout


def test_after_the_oldest_key_was_lost_the_beginning_is_signed_again_by_who_vouches_for_it(
    trail, command_line, monkeypatch
):
    command_line.run(purge, "--before", trail.run(day, 40), "--yes")
    before = trail.run(find_origin)
    monkeypatch.setitem(trail.app.extensions, "idp.cipher", Keychain({1: b"n" * 32}))
    said = command_line.refused(group, "verify", code=1)
    assert "not set by a purge" in said
    assert "key file was lost or replaced" in said
    assert "idp audit resign-origin" in said
    answer = command_line.run(group, "resign-origin", stdin="n\n")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert f"up to position {before.position} was purged" in answer.stderr
    assert before.hash in answer.stderr
    assert not trail.run(find_origin).is_ours
    assert command_line.json(group, "resign-origin", "--yes")["position"] == before.position
    assert trail.run(find_origin) == before
    assert command_line.json(group, "verify")["purged"] == before.position
    (event,) = trail.events("audit.origin_signed")
    assert (event.actor[:4], event.detail) == ("cli:", {"position": before.position, "head": before.hash})
    assert "already" in command_line.refused(group, "resign-origin", "--yes", code=4)


def test_a_beginning_that_the_rest_does_not_follow_from_is_not_signed(trail, command_line):
    assert "nothing was purged" in command_line.refused(group, "resign-origin", "--yes", code=3)
    command_line.run(purge, "--before", trail.run(day, 40), "--yes")
    trail.run(run, "UPDATE audit_origin SET position = 70")
    assert "breaks at position" in command_line.refused(group, "resign-origin", "--yes", code=4)
    trail.run(run, "UPDATE audit_origin SET position = 60, hash = :hash", hash="f" * 64)
    assert "breaks at position 61" in command_line.refused(group, "resign-origin", "--yes", code=4)
    assert trail.events("audit.origin_signed") == []


def test_who_may_set_the_retention_may_purge_and_nobody_else(trail):
    assert covers(["admin.settings.write"], "admin.audit.purge")
    may = {name for name, (_title, held) in BUILT_IN_ROLES.items() if covers(held, "admin.audit.purge")}
    assert may == {"owner"}


def test_a_key_of_an_owner_from_before_this_permission_is_still_an_owners(trail, factory):
    """Else it could not change an owner's account any more, nor make one."""
    newer = {"admin.audit.purge", "admin.users.help"}
    old = trail.api(PERMISSIONS.keys() - newer)
    other = factory.user("other@example.com", roles=("owner",))
    assert old("PATCH", f"/users/{other}", {"name": "Otto"}, headers=old.etag(f"/users/{other}")).status_code == 200
    assert old.get(f"/audit/purge?before={day(40)}").status_code == 200


def test_who_may_read_and_export_sees_no_way_to_purge(trail):
    own = trail.run(access.own_api)
    trail.run(catalogue.create_role, "reader", permissions=[(own, "admin.audit.read"), (own, "admin.audit.export")])
    trail.factory.user("reader@example.com", roles=("reader",))
    reader = Browser(trail.app)
    reader.sign_in("reader@example.com")
    reader.get("/admin/audit")
    assert "audit/purge" not in reader.text
    reader.get("/admin/audit/purge")
    assert reader.status == 403


def save(operator, value, **more):
    operator.get("/admin/settings/audit")
    version = re.search(r'name="version"[^>]*value="(\d+)"', operator.text)[1]
    return post(operator, "/admin/settings/audit", {"audit.retention": value, "version": version, **more})


def test_the_settings_tell_what_would_go_before_they_are_saved(operator, trail):
    operator.get("/admin/settings/audit")
    assert "Events are kept for" in operator.text
    assert "Kept for 90 days:" in operator.text
    response = save(operator, "40d")
    assert response.status_code == 409
    assert "60 events are older than that" in response.text
    assert 'name="agreed" value="40d"' in response.text
    assert trail.events("settings.changed") == []
    assert save(operator, "35d", agreed="40d").status_code == 409, "it is another time now"
    assert save(operator, "40d", agreed="40d").status_code == 303
    [changed] = trail.events("settings.changed")
    assert changed.detail["after"] == {"audit.retention": "40d"}
    assert save(operator, "10d").status_code == 422
    assert save(operator, "0").status_code == 303
    assert save(operator, "365d").status_code == 303, "nothing would go"
    operator.get("/admin/settings/privacy")
    assert "365 days" in operator.text or "1 year" in operator.text


def test_the_retention_wants_to_know_who_it_is(operator, clock):
    operator.get("/admin/settings/audit")
    clock.advance(11 * 60)
    assert "/reauth" in save(operator, "40d", agreed="40d").headers["Location"]


def set_back(operator, **more):
    operator.get("/admin/settings/audit")
    version = re.search(r'name="version"[^>]*value="(\d+)"', operator.text)[1]
    return post(operator, "/admin/settings/audit/reset", {"name": "audit.retention", "version": version, **more})


@pytest.fixture
def short_below(trail, monkeypatch):
    """The file says 40 days, the database that everything stays."""
    trail.run(stored.change, {"audit.retention": "0"}, explicit=True)
    monkeypatch.setattr(stored, "value_without", lambda _name: timedelta(days=40))


def test_setting_back_asks_before_events_go(operator, trail, short_below):
    response = set_back(operator)
    assert response.status_code == 409
    assert "Set back, events are kept for 40d. 60 events are older than that" in response.text
    reset_form = response.text.partition('<form id="reset"')[2].partition("</form>")[0]
    assert 'name="agreed" value="40d"' in reset_form
    assert [event.detail["after"] for event in trail.events("settings.changed")] == [{"audit.retention": "0d"}]
    assert set_back(operator, agreed="35d").status_code == 409
    assert set_back(operator, agreed="40d").status_code == 303
    assert len(trail.events("settings.changed")) == 2


def test_the_command_line_asks_before_events_go(trail, command_line, short_below):
    for words in (("set", "audit.retention", "40d"), ("reset", "audit.retention")):
        result = command_line.run(config, *words, stdin="n\n")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Events older than that: 60." in result.stderr
        assert "Keep events for 40d?" in result.stderr
    assert len(trail.events("settings.changed")) == 1
    assert "Keep" not in command_line.run(config, "set", "audit.retention", "365d").stderr
    assert command_line.run(config, "reset", "audit.retention", "--yes").exit_code == 0
    assert command_line.run(config, "set", "audit.retention", "40d", stdin="y\n").exit_code == 0
    assert len(trail.events("settings.changed")) == 4


def test_a_plan_says_how_many_events_go(trail, command_line, tmp_path):
    file = tmp_path / "manifest.toml"
    file.write_text('[[settings]]\nname = "audit.retention"\nvalue = "40d"\n')
    assert command_line.json(plan, file)["notes"] == [
        "audit.retention: 60 events are older than that, and are purged within the hour."
    ]
    file.write_text('[[settings]]\nname = "audit.retention"\nvalue = "365d"\n')
    assert command_line.json(plan, file)["notes"] == []


def test_the_command_line_lists_purges(trail, command_line):
    assert command_line.run(purges).stdout == "No purges.\n"
    command_line.json(purge, "--before", day(40), "--yes")
    [row] = command_line.json(purges)
    assert (row["before"], row["state"], row["purged"], row["events"]) == (str(day(40)), "done", 60, 60)
    assert f"{day(40)}  done       60 of 60" in command_line.run(purges).stdout
