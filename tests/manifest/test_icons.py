"""The icon of a permission stands in a manifest with it, where it is not the key."""

from idp.access import catalogue
from idp.access.names import ICONS
from idp.manifest import things
from idp.manifest.document import json_schema

API = "https://api.example.com"
TEXT = """\
[[apis]]
identifier = "https://api.example.com"
name = "Articles"
permissions = [
  { name = "articles.read", title = "Read articles", icon = "eye" },
  { name = "articles.write", icon = "key" },
]
"""


def icons(app):
    with app.app_context():
        return {row.name: row.icon for row in catalogue.list_permissions(catalogue.get_api(API).id)}


def test_an_icon_comes_true_changes_and_goes(manifest, app):
    manifest.write(TEXT).apply()
    assert icons(app) == {"articles.read": "eye", "articles.write": "key"}
    exported = manifest.exported()
    assert '{ name = "articles.read", title = "Read articles", icon = "eye" }' in exported
    assert '{ name = "articles.write" }' in exported
    manifest.write(exported)
    assert manifest.plan()["changes"] == []
    manifest.write(TEXT, ('icon = "eye"', 'icon = "folder"'))
    (change,) = manifest.plan()["changes"]
    assert [field["name"] for field in change["fields"]] == ["permissions"]
    assert change["fields"][0]["after"]["articles.read"]["icon"] == "folder"
    manifest.apply()
    assert icons(app)["articles.read"] == "folder"
    manifest.write(TEXT, (', icon = "eye"', "")).apply()
    assert icons(app)["articles.read"] == "key"


def test_what_was_applied_before_there_were_icons_was_not_changed_by_hand(manifest, app):
    manifest.write(TEXT).apply()
    with app.app_context():
        permissions = things.present()["api", API].fields["permissions"]
    assert "icon" not in permissions["articles.write"]
    assert permissions["articles.read"]["icon"] == "eye"


def test_an_icon_that_there_is_not_is_named_with_its_line(manifest):
    manifest.write(TEXT, ('icon = "key"', 'icon = "skull"'))
    (refusal,) = [one for one in manifest.refused() if "none of the icons: key, eye" in one]
    assert refusal.startswith("6:")


def test_the_schema_names_every_icon():
    assert json_schema()["$defs"]["PermissionEntry"]["properties"]["icon"]["enum"] == list(ICONS)
