"""Every setting has a name in words, and pages say it and what it means in the operator's language."""

from idp.stored_settings.catalogue import CHOICES
from idp.stored_settings.labels import LABELS


def test_every_setting_has_a_name_in_words():
    assert set(LABELS) == set(CHOICES)
    assert len({str(label) for label in LABELS.values()}) == len(LABELS)


def test_settings_are_told_in_the_language_of_who_reads_them(app, factory, browser):
    factory.user("owner@example.com", roles=("owner",))
    browser.sign_in("owner@example.com")
    browser.get("/admin/settings/sessions")
    assert "A session without activity ends after this." in browser.text
    page = browser.http.get(
        "/admin/settings/sessions", base_url=browser.issuer, headers={"Accept-Language": "de"}
    ).get_data(as_text=True)
    assert "A session without activity" not in page
    assert "Sessions without activity" not in page
