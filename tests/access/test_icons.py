"""The icon that an operator chose for a permission, where people agree to it and wherever it is chosen."""

import pytest
from heroicons.jinja import heroicon_outline
from sqlalchemy import inspect, update

from idp.access import catalogue
from idp.access import service as access
from idp.access.commands.apis import api as api_command
from idp.access.models import Permission
from idp.access.names import ICONS
from idp.admin.apis.forms import ICON_WORDS
from idp.audit.service import find_events
from idp.core.db import db
from idp.core.errors import DomainError
from tests.actors import Browser, RelyingParty
from tests.admin.house import post

API, NAME = "https://articles.example.com", "articles.write"


@pytest.fixture
def articles(app, arrange):
    arrange.run(catalogue.create_api, API, name="Articles")
    arrange.run(lambda: catalogue.add_permission(API, NAME, title="Write articles", icon="pencil-square"))
    arrange.run(lambda: catalogue.add_permission(API, "articles.read", title="Read articles"))
    arrange.run(lambda: catalogue.create_role("author", permissions=[(API, NAME), (API, "articles.read")]))


@pytest.fixture
def owner(app, factory):
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    return browser


def kept(app, name=NAME):
    with app.app_context():
        return catalogue.get_permission(API, name).icon


def drawn(icon):
    return str(heroicon_outline(icon, size=20, aria_hidden="true"))


def line(icon, title):
    return f"<li>{drawn(icon)}<div><span><bdi>{title}</bdi>"


def test_every_icon_can_be_drawn_and_has_a_word():
    assert len({drawn(icon) for icon in ICONS}) == len(ICONS)
    assert list(ICON_WORDS) == list(ICONS)
    assert max(map(len, ICONS)) <= 40


def test_consent_and_the_list_of_apps_show_the_chosen_icon(app, factory, arrange, articles):
    factory.user("alice@example.com", roles=("author",))
    scope = f"openid {NAME} articles.read"
    client = factory.client_with_secret("Shop", scopes=scope.split(), allowed_apis=[API])
    rp, browser = RelyingParty(app, *client), Browser(app)
    browser.sign_in("alice@example.com")
    browser.get(rp.authorize_url(scope=scope))
    assert line("pencil-square", "Write articles") in browser.text
    assert line("key", "Read articles") in browser.text
    arrange.run(lambda: catalogue.edit_permission(API, NAME, title="Write articles", description="", icon="trash"))
    browser.get(rp.authorize_url(scope=scope))
    assert line("trash", "Write articles") in browser.text
    rp.authorize(browser, scope=scope)
    browser.get(f"/account/apps/{client[0]}")
    assert drawn("trash") in browser.text


def test_an_icon_that_there_is_not_is_refused(context, articles):
    for call in (
        lambda: catalogue.add_permission(API, "articles.delete", icon="skull"),
        lambda: catalogue.edit_permission(API, NAME, title="x", description="", icon=""),
    ):
        with pytest.raises(DomainError, match="key, eye, pencil-square") as refusal:
            call()
        assert refusal.value.field == "icon"
    assert catalogue.get_permission(API, NAME).title == "Write articles"
    assert {row.name for row in catalogue.list_permissions(catalogue.get_api(API).id)} == {NAME, "articles.read"}


def test_an_icon_of_a_later_version_is_drawn_as_the_key(app, owner, arrange, articles):
    arrange.execute(update(Permission).where(Permission.name == NAME).values(icon="rocket-launch"))
    with app.app_context():
        access.forget()
        row = catalogue.get_permission(API, NAME)
        path = f"/admin/apis/{row.api_id}/permissions/{row.id}"
    owner.get(path)
    assert f"{drawn('key')} Key" in owner.text
    owner.get(f"{path}/edit")
    assert owner.status == 200
    with app.app_context():
        assert access.find_api(API).permissions[-1].icon == "key"


def test_the_console_changes_the_icon_shows_it_and_the_trail_tells(app, owner, articles):
    with app.app_context():
        row = catalogue.get_permission(API, NAME)
        path = f"/admin/apis/{row.api_id}/permissions/{row.id}"
    owner.get(f"{path}/edit")
    assert '<option selected value="pencil-square">Pencil</option>' in owner.text
    owner.submit("icon", icon="trash")
    assert kept(app) == "trash"
    owner.get(path)
    assert f"{drawn('trash')} Bin" in owner.text
    with app.app_context():
        detail = find_events(tag="permission.edited", limit=1)[0].detail
        assert (detail["before"]["icon"], detail["after"]["icon"]) == ("pencil-square", "trash")
    form = {"title": "x", "icon": "bell", "version": "1"}
    answer = post(owner, f"{path}/edit", form)
    assert answer.status_code == 409
    assert "Bin" in answer.text
    assert "Bell" in answer.text
    assert post(owner, f"{path}/edit", {**form, "icon": "skull", "version": "2"}).status_code == 422
    assert post(owner, f"{path}/edit", {"title": "x", "version": "2"}).status_code == 303
    assert kept(app) == "trash"


def test_the_console_adds_a_permission_with_an_icon(app, owner, articles):
    with app.app_context():
        path = f"/admin/apis/{catalogue.get_api(API).id}"
    owner.get(path)
    owner.submit("icon", name="articles.delete", icon="trash")
    assert kept(app, "articles.delete") == "trash"
    assert post(owner, f"{path}/permissions", {"name": "articles.list"}).status_code == 303
    assert kept(app, "articles.list") == "key"
    answer = post(owner, f"{path}/permissions", {"name": "articles.burn", "icon": "skull"})
    assert answer.status_code == 422


def test_commands_choose_an_icon_and_leave_it(app, command_line, articles):
    change = (api_command, "permission", "edit", API, NAME)
    icons = lambda shown: {one["name"]: one["icon"] for one in shown["permissions"]}  # noqa: E731
    assert icons(command_line.json(*change, "--title", "Write")) == {"articles.read": "key", NAME: "pencil-square"}
    assert icons(command_line.json(*change, "--icon", "bell"))[NAME] == "bell"
    command_line.refused(*change, "--icon", "skull", code=2)
    add = (api_command, "permission", "add", API, "articles.delete")
    command_line.refused(*add, "--icon", "skull", code=2)
    assert icons(command_line.json(*add, "--icon", "trash"))["articles.delete"] == "trash"
    shown = command_line.run(api_command, "show", API).stdout
    assert "icon: trash" in shown
    assert "icon: key" not in shown


def test_what_stood_before_there_were_icons_has_the_key(context):
    (column,) = [one for one in inspect(db.engine).get_columns("permissions") if one["name"] == "icon"]
    assert column["nullable"] is False
    assert all(row.icon == "key" for row in catalogue.list_permissions(catalogue.get_api(access.own_api()).id))
