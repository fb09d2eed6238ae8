"""Roles of a manifest that include roles: in whatever order they stand, and none in a loop."""

from idp.access import catalogue
from idp.access.derived.inheritance import included_by_name
from idp.core.db import transaction

TWO = """\
[[roles]]
name = "author"
includes = ["reader", "support"]

[[roles]]
name = "reader"
"""
TURNED = """\
[[roles]]
name = "author"

[[roles]]
name = "reader"
includes = ["author"]
"""


def test_what_roles_include_comes_true_in_whatever_order_they_stand(manifest, app):
    manifest.write(TWO).apply()
    with app.app_context():
        assert included_by_name() == {"author": ["reader", "support"]}
    assert manifest.plan()["changes"] == []
    assert 'includes = ["reader", "support"]' in manifest.exported()
    manifest.write(TURNED).apply()
    with app.app_context():
        assert included_by_name() == {"reader": ["author"]}
    manifest.write(TWO).apply()
    with app.app_context():
        assert included_by_name() == {"author": ["reader", "support"]}


def test_roles_go_with_their_entries_who_includes_first(manifest, app):
    for text in (TWO, TURNED):
        manifest.write(text).apply()
        manifest.write("").apply()
        with app.app_context():
            assert not {row.name for row in catalogue.list_roles()} & {"author", "reader"}


def test_what_was_changed_by_hand_is_seen_and_made_good(manifest, context):
    manifest.write(TWO).apply()
    with transaction():
        catalogue.edit_role(catalogue.get_role("author"), includes=["auditor"])
    (change,) = manifest.plan()["changes"]
    assert change["fields"][0]["name"] == "includes"
    assert change["fields"][0]["drift"] is True
    manifest.apply()
    assert manifest.plan()["changes"] == []


def test_loops_the_owner_built_in_roles_and_what_is_unknown_are_named_with_their_lines(manifest):
    manifest.write(TWO + 'includes = ["author"]\n')
    lines = manifest.refused()
    assert sum("No role includes itself" in line for line in lines) == 2
    manifest.write(TWO, ('"support"', '"owner"'))
    assert any("3: role 'author': includes: No role includes the owner" in line for line in manifest.refused())
    manifest.write(TWO, ('"support"', '"supporter"'))
    assert any("supporter" in line and "support" in line for line in manifest.refused())
    manifest.write('[[roles]]\nname = "support"\nincludes = ["auditor"]\n')
    assert any("comes with the house" in line for line in manifest.refused())


def test_an_export_of_a_house_with_roles_that_include_others_changes_nothing(manifest, context):
    catalogue.create_role("zero")
    catalogue.create_role("alpha", includes=["zero", "auditor"])
    manifest.write(manifest.exported())
    assert manifest.plan()["changes"] == []
