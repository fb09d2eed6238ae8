"""Settings in the database: their order, who may change them, how other processes hear of it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from idp.audit.models import Event
from idp.core.configuration.view import is_pinned, origin_of
from idp.core.db import db, transaction
from idp.core.errors import Conflict, DomainError, Forbidden, NotFound
from idp.core.settings import settings
from idp.feed import service as feed
from idp.stored_settings import live, service
from idp.stored_settings.catalogue import CHOICES, on_tab
from idp.stored_settings.checks import UnfitSettings
from idp.stored_settings.models import StoredSetting
from tests.actors import Browser

OWNER = "owner@example.com"


def post(browser, path, form):
    browser.get("/account/profile")
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.text)[1]
    return browser.http.post(path, data={**form, "csrf_token": token}, base_url=browser.issuer)


def events(tag="settings.changed"):
    return db.session.execute(select(Event).where(Event.tag == tag)).scalars().all()


def version(tab):
    return str(service.version_of(choice.name for choice in on_tab(tab)))


def test_a_change_holds_at_once_and_is_written_down_with_before_and_after(context):
    assert service.change({"tokens.access": "5m", "brand.name": "Acme ID"}) == ["tokens.access"]
    assert settings().tokens.access == timedelta(minutes=5)
    assert settings().tokens.identity == timedelta(minutes=10)
    [event] = events()
    assert event.detail == {"before": {"tokens.access": "10m"}, "after": {"tokens.access": "5m"}}


def test_another_process_hears_of_it_without_a_restart(context, make_app):
    other = make_app()
    with other.app_context():
        feed.sync()
    service.change({"brand.name": "Elsewhere"})
    with other.app_context():
        other.extensions["idp.stored_settings"].next = 0.0
        live.refresh()
        assert settings().brand.name == "Elsewhere"


def test_a_process_that_starts_later_has_it_before_its_first_answer(context, make_app):
    service.change({"brand.name": "Elsewhere"})
    assert "Elsewhere" in make_app().test_client().get("/login", base_url="https://id.example.com").text


def test_settings_cost_no_query_between_two_looks(context, monkeypatch):
    live.refresh()
    monkeypatch.setattr(feed, "sync", lambda: pytest.fail("a query"))
    for _number in range(100):
        live.refresh()


def test_without_a_database_the_last_settings_hold(context, monkeypatch):
    from sqlalchemy.exc import OperationalError

    service.change({"brand.name": "Kept"})

    def fail():
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(feed, "sync", fail)
    context.extensions["idp.stored_settings"].next = 0.0
    live.refresh()
    assert settings().brand.name == "Kept"


def test_reset_brings_back_what_the_file_has(context):
    service.change({"brand.name": "Other"})
    assert service.reset(["brand.name"]) == ["brand.name"]
    assert settings().brand.name == "Acme ID"
    assert service.find_line("brand.name").origin == "default"
    assert service.reset(["brand.name"]) == []
    assert len(events()) == 2


def test_the_environment_wins_and_says_so(context, monkeypatch):
    service.change({"brand.name": "Database"})
    monkeypatch.setenv("IDP_BRAND__NAME", "Acme ID")
    live.load()
    assert settings().brand.name == "Acme ID"
    line = service.find_line("brand.name")
    assert (line.origin, line.is_open) == ("IDP_BRAND__NAME", False)
    with pytest.raises(DomainError, match="IDP_BRAND__NAME"):
        service.change({"brand.name": "Again"})


def test_the_database_wins_over_the_file(context, monkeypatch, tmp_path):
    (tmp_path / "idp.toml").write_text('[brand]\nname = "File"\n')
    monkeypatch.setenv("IDP_CONFIG", str(tmp_path / "idp.toml"))
    assert service.find_line("brand.name").origin == f"{tmp_path / 'idp.toml'}:2"
    service.change({"brand.name": "Database"})
    assert service.find_line("brand.name").origin == "database"


@pytest.mark.parametrize(
    "name", ["issuer", "database.url", "keys_dir", "proxy.hops", "dev.clock_file", "mail.url", "mode", "redis.url"]
)
def test_what_the_server_stands_on_is_never_in_the_database(context, name):
    assert not CHOICES[name].editable
    with pytest.raises(Forbidden):
        service.change({name: "x"})
    with pytest.raises(NotFound):
        service.change({"no.such": "x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("tokens.access", "0s"), ("tokens.access", "2d"), ("tokens.access", "9" * 40 + "d"), ("sessions.idle", "1s"),
     ("passwords.bcrypt_cost", "99"), ("passwords.bcrypt_cost", "9" * 5000), ("accounts.registration", "ajar"),
     ("brand.privacy_url", "javascript:alert(1)"), ("brand.name", "a\nb"), ("brand.name", ""), ("brand.name", "x" * 61),
     ("mail.sender", "A\r\nBcc: x@example.com"), ("sessions.allow_remember", "perhaps"), ("tokens.code", "-5s"),
     ("tokens.code", "²"), ("brand.support_email", "nobody")],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_and_nothing_is_kept(context, name, value):
    with pytest.raises(UnfitSettings) as refused:
        service.change({name: value, "brand.terms_version": "2"})
    assert list(refused.value.problems) == [name]
    assert service.stored_values() == {}


def test_a_stored_value_that_cannot_be_any_more_is_left_out(context):
    from idp.core.db import transaction
    from idp.stored_settings.models import StoredSetting

    service.change({"brand.name": "Kept"})
    with transaction() as session:
        session.add(StoredSetting(name="passwords.bcrypt_cost", value=99, changed_by="x"))
        session.add(StoredSetting(name="issuer", value="https://evil.example.com", changed_by="x"))
    live.load()
    assert settings().brand.name == "Kept"
    assert settings().passwords.bcrypt_cost == 4
    assert settings().issuer == "https://id.example.com"


def test_a_lost_update_is_refused(context):
    service.change({"brand.name": "One"}, expected_version=0)
    with pytest.raises(Conflict):
        service.change({"brand.name": "Two"}, expected_version=0)
    assert settings().brand.name == "One"


def test_the_page_names_every_problem_beside_its_field_and_keeps_what_was_typed(app, factory, browser):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    form = {"tokens.access": "long", "tokens.code": "9h", "tokens.identity": "5m", "version": "0"}
    answer = post(browser, "/admin/settings/tokens", form)
    assert answer.status_code == 422
    assert 'id="tokens.access-error"' in answer.text
    assert 'id="tokens.code-error"' in answer.text
    assert 'value="9h"' in answer.text
    with app.app_context():
        assert events() == []


def test_two_people_on_one_tab_do_not_overwrite_each_other(app, factory, browser):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    assert post(browser, "/admin/settings/general", {"brand.name": "One", "version": "0"}).status_code == 303
    answer = post(browser, "/admin/settings/general", {"brand.name": "Two", "version": "0"})
    assert answer.status_code == 409
    assert 'value="Two"' in answer.text
    assert post(browser, "/admin/settings/general", {"brand.name": "Two", "version": "1"}).status_code == 303
    for made_up in ("9" * 5000, "x", ""):
        form = {"brand.name": "Three", "version": made_up}
        assert post(browser, "/admin/settings/general", form).status_code == 409


def test_no_address_with_a_password_is_ever_shown(make_app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(make_app(mail={"url": "smtps://idp:hunter2@mail.example.com"}))
    browser.sign_in(OWNER)
    browser.get("/admin/settings/mail")
    assert "hunter2" not in browser.text
    assert "mail.example.com" not in browser.text


def test_who_may_only_read_gets_no_form(app, factory, browser):
    factory.user("auditor@example.com", roles=("auditor",))
    browser.sign_in("auditor@example.com")
    browser.get("/admin/settings/general")
    assert 'name="brand.name"' not in browser.text
    assert "Acme ID" in browser.text


def test_a_tab_that_is_none_is_not_found(app, factory, browser):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    browser.get("/admin/settings/none")
    assert browser.status == 404
    assert post(browser, "/admin/settings/none", {}).status_code == 404
    assert post(browser, "/admin/settings/general/reset", {"name": "tokens.code", "version": "0"}).status_code == 404


def test_a_test_mail_goes_to_oneself(app, factory, browser, mailbox):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    assert post(browser, "/admin/settings/mail/test", {}).status_code == 303
    assert mailbox(OWNER)
    with app.app_context():
        assert len(events("mail.tested")) == 1


def test_the_command_line_sets_shows_and_resets(app, command_line):
    from idp.operate.config_cli import config

    assert command_line.json(config, "set", "tokens.access", "5m") == {
        "name": "tokens.access", "value": "5m", "origin": "database",
    }  # fmt: skip
    assert command_line.json(config, "reset", "tokens.access")["origin"] == "default"
    assert "no such setting" in command_line.refused(config, "set", "tokens.acess", "5m", code=3)
    assert "tokens.access" in command_line.refused(config, "set", "tokens.access", "2d", code=1)
    command_line.refused(config, "set", "issuer", "https://x.example.com", code=1)
    with app.app_context():
        assert len(events()) == 2


def test_a_stored_value_that_does_not_fit_any_more_keeps_nobody_from_changing_settings(context):
    service.change({"sessions.sudo": "20m", "brand.name": "Acme"}, explicit=True)
    with transaction() as session:
        session.execute(update(StoredSetting).where(StoredSetting.name == "sessions.sudo").values(value="2h"))
    live.load()
    assert service.change({"tokens.access": "5m"}) == ["tokens.access"]
    assert service.reset(["sessions.sudo"]) == ["sessions.sudo"]
    assert "sessions.sudo" not in service.stored_values()


def test_a_file_whose_name_begins_as_a_variable_does_is_no_variable(tmp_path, monkeypatch):
    path = tmp_path / "IDP_prod.toml"
    path.write_text('[tokens]\ncode = "30s"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IDP_CONFIG", "IDP_prod.toml")
    setting = CHOICES["tokens.code"].setting
    assert origin_of(setting) == "IDP_prod.toml:2"
    assert not is_pinned(setting)
    monkeypatch.setenv("IDP_TOKENS__CODE", "40s")
    assert is_pinned(setting)
