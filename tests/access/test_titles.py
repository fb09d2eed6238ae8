"""What consent says of a permission in the language of whoever reads it."""

import pytest
from sqlalchemy import inspect

from idp.access import apis, catalogue
from idp.access import service as access
from idp.access.commands.apis import api as api_command
from idp.audit.service import find_events
from idp.core.db import db
from idp.core.errors import DomainError
from idp.feed import service as feed
from tests.actors import Browser, RelyingParty
from tests.admin.house import post

API, NAME = "https://articles.example.com", "articles.write"
IN_ARABIC = "كتابة المقالات"


@pytest.fixture
def articles(app, arrange):
    arrange.run(catalogue.create_api, API, name="Articles")
    arrange.run(lambda: catalogue.add_permission(
        API, NAME, title="Write articles", titles={"de": " Artikel\nschreiben ", "ar": IN_ARABIC, "fr": ""},
    ))  # fmt: skip
    arrange.run(lambda: catalogue.create_role("author", permissions=[(API, NAME)]))
    return apis


@pytest.fixture
def owner(app, factory):
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    return browser


def kept(app):
    with app.app_context():
        return catalogue.get_permission(API, NAME).titles


def test_texts_are_cleaned_and_what_is_empty_is_left_out(app, articles):
    assert kept(app) == {"ar": IN_ARABIC, "de": "Artikel schreiben"}
    with app.app_context():
        feed.sync()
        (permission,) = access.find_api(API).permissions
        assert [permission.title_in(code) for code in ("de", "fr", "en")] == [
            "Artikel schreiben", "Write articles", "Write articles",
        ]  # fmt: skip


def test_a_language_that_pages_do_not_have_is_refused(context, articles):
    for call in (
        lambda: catalogue.add_permission(API, "articles.read", titles={"xx": "x"}),
        lambda: catalogue.edit_permission(API, NAME, title="x", description="", titles={"de-AT": "x"}),
    ):
        with pytest.raises(DomainError, match="de, fr, es, ar"):
            call()
    assert catalogue.get_permission(API, NAME).title == "Write articles"


@pytest.mark.parametrize(("language", "says"), [
    ("de", "Artikel schreiben"), ("ar", IN_ARABIC), ("fr", "Write articles"), ("en", "Write articles"),
])  # fmt: skip
def test_consent_and_the_list_of_apps_speak_the_persons_language(app, factory, articles, language, says):
    factory.user("alice@example.com", roles=("author",), locale=language)
    client = factory.client_with_secret("Shop", scopes=["openid", NAME], allowed_apis=[API])
    rp, browser = RelyingParty(app, *client), Browser(app)
    browser.sign_in("alice@example.com")
    browser.get(rp.authorize_url(scope=f"openid {NAME}", ui_locales=language))
    assert f"<bdi>{says}</bdi>" in browser.text
    rp.authorize(browser, scope=f"openid {NAME}")
    browser.get("/account/apps")
    browser.get(f"/account/apps/{client[0]}")
    assert f"<bdi>{says}</bdi>" in browser.text


def test_markup_in_a_text_is_shown_as_it_was_typed(app, factory, arrange, articles):
    arrange.run(lambda: catalogue.edit_permission(
        API, NAME, title="x", description="", titles={"de": "<b onclick=x>Artikel</b>"},
    ))  # fmt: skip
    factory.user("alice@example.com", roles=("author",))
    client = factory.client_with_secret("Shop", scopes=["openid", NAME], allowed_apis=[API])
    browser = Browser(app)
    browser.sign_in("alice@example.com")
    browser.get(RelyingParty(app, *client).authorize_url(scope=f"openid {NAME}", ui_locales="de"))
    assert "&lt;b onclick=x&gt;Artikel&lt;/b&gt;" in browser.text
    assert "<b onclick" not in browser.text


def test_the_console_changes_each_language_and_shows_them(app, owner, articles):
    with app.app_context():
        row = catalogue.get_permission(API, NAME)
        path = f"/admin/apis/{row.api_id}/permissions/{row.id}"
    owner.get(f"{path}/edit")
    assert "<details open><summary>In other languages" in owner.text
    owner.submit("title_de", title_de="Artikel schreiben und löschen", title_ar="", title_es="Escribir artículos")
    assert kept(app) == {"de": "Artikel schreiben und löschen", "es": "Escribir artículos"}
    owner.get(path)
    assert '<dt lang="es">Español</dt><dd><bdi lang="es">Escribir artículos</bdi></dd>' in owner.text
    with app.app_context():
        detail = find_events(tag="permission.edited", limit=1)[0].detail
        assert detail["before"]["title_ar"] == IN_ARABIC
        assert "title_ar" not in detail["after"]
        assert detail["after"]["title_es"] == "Escribir artículos"
    form = {"title": "x", "title_de": "y", "version": "1"}
    answer = post(owner, f"{path}/edit", form)
    assert answer.status_code == 409
    assert "<bdi>Artikel schreiben und löschen</bdi>" in answer.text
    assert post(owner, f"{path}/edit", {**form, "title_de": "x" * 201, "version": "2"}).status_code == 422
    assert post(owner, f"{path}/edit", {"title": "x", "version": "2"}).status_code == 303
    assert kept(app) == {"de": "Artikel schreiben und löschen", "es": "Escribir artículos"}


def test_commands_change_one_language_and_leave_the_others(app, command_line, articles):
    change = (api_command, "permission", "edit", API, NAME)
    command_line.json(*change, "--title-in", "es", "Escribir", "--title-in", "de", "")
    assert kept(app) == {"ar": IN_ARABIC, "es": "Escribir"}
    shown = command_line.json(*change, "--title", "Write")
    assert shown["permissions"][0]["titles"] == {"ar": IN_ARABIC, "es": "Escribir"}
    command_line.refused(*change, "--title-in", "xx", "x", code=1)
    command_line.json(api_command, "permission", "add", API, "articles.read", "--title-in", "de", "Artikel lesen")
    assert "de: Artikel lesen" in command_line.run(api_command, "show", API).stdout


def test_what_stood_before_there_were_languages_has_none(context):
    (column,) = [one for one in inspect(db.engine).get_columns("permissions") if one["name"] == "titles"]
    assert column["nullable"] is False
    assert all(row.titles == {} for row in catalogue.list_permissions(catalogue.get_api(access.own_api()).id))
