"""The pages beside the settings: limits, privacy, maintenance with the doctor and the manifest."""

import importlib
import io
import pkgutil
from datetime import timedelta

import pytest

import idp
from idp.access import catalogue
from idp.admin.settings.limits import WORDS, list_limits
from idp.audit import service as audit
from idp.core.retention import list_kept
from idp.i18n.durations import in_words
from idp.limits import policy
from idp.operate import heartbeat
from idp.operate.doctor import service as doctor
from tests.actors import Browser
from tests.admin.house import post, somebody, token_of  # noqa: F401

OWNER = "owner@example.com"
PLAN = "/admin/settings/maintenance/plan"


@pytest.fixture
def operator(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def plan(operator, text, **more):
    data = {"csrf_token": token_of(operator), "text": text, **more}
    return operator.http.post(PLAN, data=data, base_url=operator.issuer)


def test_every_limit_of_the_house_is_told(operator):
    operator.get("/admin/settings/limits")
    assert {limit.name for limit in list_limits()} == WORDS.keys()
    assert operator.text.count('<th scope="row">') == len(WORDS)
    assert f"<td>{policy.MAIL_TOTAL.tries}</td><td>1 hour</td>" in operator.text
    assert "5 minutes, then 15 minutes, then 1 hour" in operator.text


def test_times_keep_their_unit(app):
    with app.test_request_context():
        told = [
            in_words(timedelta(**each)) for each in ({"days": 400}, {"hours": 24}, {"seconds": 90}, {"minutes": 15})
        ]
    assert told == ["400 days", "1 day", "90 seconds", "15 minutes"]


def test_whatever_is_kept_for_a_while_is_told(operator):
    names = [module.name for module in pkgutil.walk_packages(idp.__path__, "idp.") if "__main__" not in module.name]
    told = {id(each.span) for each in list_kept()}
    found = {
        (name, key): value
        for name in names
        if name.startswith(("idp.core", "idp.demo", "idp.resource")) is False
        for key, value in vars(importlib.import_module(name)).items()
        if isinstance(value, timedelta) and ("KEPT" in key or key in {"_MEMORY", "_FORGOTTEN_AFTER"})
    }
    assert len(found) > 10
    assert [where for where, value in found.items() if id(value) not in told] == []
    operator.get("/admin/settings/privacy")
    for each in list_kept():
        assert str(each.what) in operator.text
    assert "for good" in operator.text


def test_the_house_is_told_and_the_doctor_asked(operator, arrange, monkeypatch):
    arrange.run(heartbeat.beat)
    operator.get("/admin/settings/maintenance")
    for words in (idp.__version__, "SQLite" if "SQLite" in operator.text else "PostgreSQL", "last seen", "idp apply"):
        assert words in operator.text
    monkeypatch.setattr(doctor, "CHECKS", {name: doctor.CHECKS[name] for name in ("mode", "database", "files")})
    response = post(operator, "/admin/settings/maintenance/doctor", {})
    assert response.status_code == 200
    assert "Demo passwords" in response.text or "production" in response.text


def test_the_manifest_is_written_and_compared_and_nothing_changes(operator, app, arrange):
    arrange.run(catalogue.create_group, "crew", title="Crew")
    operator.get("/admin/settings/maintenance/manifest")
    assert operator.response.headers["Content-Disposition"].endswith('filename="idp-manifest.toml"')
    text = operator.text
    with app.app_context():
        newest = audit.find_events(limit=1)[0]
    assert newest.tag == "manifest.exported"
    assert newest.actor.startswith("user:")
    assert "No differences." in plan(operator, text).text
    answer = plan(operator, "", file=(io.BytesIO(text.replace('"Crew"', '"All of them"').encode()), "a.toml"))
    assert "~ change" in answer.text
    assert "title: &#34;Crew&#34; → &#34;All of them&#34;" in answer.text
    assert "+ create" in plan(operator, text + '\n[[groups]]\nname = "new"\n').text
    with app.app_context():
        assert {row.name for row in catalogue.list_groups()} == {"crew"}
        assert audit.find_events(limit=1)[0].id == newest.id


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "paste its text"), ("x = ", "this is not TOML"), ("[[groups]]\nname = 7", "line 2"),
        ("[[rolls]]", "did you mean"), ("x = " + "9" * 5000, "too long"), ("x = " + "[" * 5000, "nested too deeply"),
        ("x = 1979-13-40", "line 1"), ('[[groups]]\nname = "\\u0000"', "line"), ("x" * 300_000, ""),
        ('[[clients]]\nclient_id = "\\u0000"\nname = "x"', "line"), ('[[apis]]\nidentifier = "https://\\u0000"', "line"),
        ('[[settings]]\nname = "tokens.access"\nvalue = 9999999999999999999999', "line"),
        ('[[settings]]\nname = "tokens.access"\nvalue = 0x' + "f" * 6000, "line"),
        ('[[apis]]\nidentifier = "https://a.example"\naccess_token_lifetime = 0x' + "f" * 6000, "line"),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused_with_its_line(operator, text, says):
    answer = plan(operator, text)
    assert answer.status_code in {413, 422}
    assert says in answer.text


def test_a_manifest_that_was_sent_reads_nothing_of_this_machine(operator, tmp_path, monkeypatch):
    """Who may look at settings would learn otherwise which files there are, and try secrets out."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    app = '[[clients]]\nclient_id = "shop"\nname = "Shop"\nredirect_uris = ["https://a.example/c"]\nsecret = {{ {} }}\n'
    monkeypatch.setenv("SHORT", "x")
    for source in (f'file = "{secret}"', 'file = "/no/such"', 'env = "SHORT"', 'env = "NONE"'):
        answer = plan(operator, app.format(source))
        assert answer.status_code == 200, answer.text.partition("Nothing is changed here")[0][-600:]
        assert "it is read where the manifest is applied" in answer.text


def test_only_who_may_change_settings_gets_the_manifest(app, factory):
    factory.user("auditor@example.com", roles=("auditor",))
    browser = Browser(app)
    browser.sign_in("auditor@example.com")
    browser.get("/admin/settings/maintenance")
    assert browser.status == 200
    assert "maintenance/plan" not in browser.text
    browser.get("/admin/settings/maintenance/manifest")
    assert browser.status == 403
    assert plan(browser, "x = 1").status_code == 403
