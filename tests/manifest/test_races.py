"""Two who apply, and one who changes by hand, at the same moment: each change stands whole or not at all."""

import pathlib

from idp.access import catalogue
from idp.access import service as access
from idp.clients import service as clients
from idp.core.db import db
from idp.manifest.applying import apply_plan
from idp.manifest.planning import make_plan
from idp.manifest.reading import Document
from tests.manifest.conftest import WHOLE
from tests.racing import race


def apply_file(path):
    """Plan and apply, as the command does."""
    document = Document.read(pathlib.Path(path))
    apply_plan(document, make_plan(document))
    return "applied"


def change_by_hand(client_id):
    """Do what `idp client edit` does."""
    clients.update_client(client_id, {"redirect_uris": ["https://hand.example/"]})
    return "changed"


def take_by_hand(group):
    """Do what `idp group revoke` does."""
    access.revoke_role_from_group(group, "support")
    return "changed"


def race_of(settings, *deeds):
    return race(settings, "tests.manifest.test_races:do", list(deeds))


def do(deed, argument):
    return {"apply": apply_file, "hand": change_by_hand, "take": take_by_hand}[deed](argument)


def test_two_who_apply_at_once_make_everything_once(manifest, race_settings, context):
    manifest.write(WHOLE)
    db.session.rollback()
    answers = race_of(race_settings, *[("apply", str(manifest.path))] * 3)
    assert set(answers) <= {"applied", "Conflict", "ChangedMeanwhile"}
    assert "applied" in answers
    db.session.rollback()
    assert [row.id for row in clients.list_clients()] == ["phone", "shop"]
    assert manifest.plan()["changes"] == []


def test_a_change_by_hand_during_an_apply_is_never_lost_unseen(manifest, race_settings, context):
    manifest.write(WHOLE).apply()
    manifest.write(WHOLE, ('name = "Shop"', 'name = "The shop"'), ('title = "Editor"', 'title = "Editors"'))
    db.session.rollback()
    applied, changed = race_of(race_settings, ("apply", str(manifest.path)), ("hand", "shop"))
    db.session.rollback()
    shop, role = clients.get_client("shop"), catalogue.get_role("editor")
    was_applied = applied == "applied"
    assert applied in {"applied", "Conflict", "ChangedMeanwhile"}
    assert (shop.name == "The shop") == was_applied == (role.title == "Editors")
    by_hand = shop.redirect_uris == ["https://hand.example/"]
    # It came after the apply and stands, it came before the plan and the plan undid it, or it stopped the apply.
    assert changed in {"changed", "Conflict", "ChangedMeanwhile"}
    if not was_applied:
        assert by_hand
    if by_hand:
        fields = [each["fields"] for each in manifest.plan()["changes"] if each["name"] == "shop"]
        assert any(field["drift"] for field in fields[0] if field["name"] == "redirect_uris")


def test_an_apply_and_one_who_takes_a_role_from_a_group_do_not_wait_for_each_other(manifest, race_settings, context):
    manifest.write(WHOLE).apply()
    manifest.write(WHOLE, ('roles = ["editor", "support"]', "roles = []"))
    db.session.rollback()
    applied, taken = race_of(race_settings, ("apply", str(manifest.path)), ("take", "staff"))
    assert (applied in {"applied", "Conflict", "ChangedMeanwhile"}, taken) == (True, "changed")
    db.session.rollback()
    manifest.apply()
    assert manifest.plan()["changes"] == []
