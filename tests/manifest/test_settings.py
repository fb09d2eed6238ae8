"""Settings in the manifest: made so, found changed by hand, set back with their entry."""

from idp.core.settings import settings
from idp.stored_settings import live, service

SETTINGS = """\
[[settings]]
name = "tokens.access"
value = "300s"

[[settings]]
name = "second_step.allow_trust"
value = false

[[settings]]
name = "brand.name"
value = "Acme ID"
"""


def test_settings_come_true_once_and_are_exported(manifest, app):
    manifest.write(SETTINGS).apply()
    assert manifest.plan()["changes"] == []
    with app.app_context():
        live.load()
        assert settings().tokens.access.total_seconds() == 300
        assert not settings().second_step.allow_trust
    text = manifest.exported()
    assert 'name = "tokens.access"\nvalue = "5m"' in text
    assert manifest.write(text).plan()["changes"] == []


def test_a_setting_changed_by_hand_is_drift_and_one_without_its_entry_is_set_back(manifest, app, context):
    manifest.write(SETTINGS).apply()
    service.change({"tokens.access": "7m"})
    [change] = manifest.plan()["changes"]
    assert (change["name"], change["drift"]) == ("tokens.access", True)
    manifest.write(SETTINGS.replace('[[settings]]\nname = "brand.name"\nvalue = "Acme ID"\n', "")).apply()
    assert set(service.stored_values()) == {"tokens.access", "second_step.allow_trust"}


def test_every_problem_of_a_setting_is_named_with_its_line(manifest):
    bad = (
        SETTINGS.replace("tokens.access", "tokens.acess").replace("false", '"perhaps"').replace("brand.name", "issuer")
    )
    lines = manifest.write(bad).refused()
    assert [line.split(":")[0] for line in lines] == ["2", "7", "10"]
    assert "did you mean 'tokens.access'?" in lines[0]
