"""Every language says everything, with the same gaps to fill in, and pages speak the language asked for."""

import re

import pytest

from idp.i18n import update
from idp.i18n.catalogues import FOLDER
from idp.i18n.service import LANGUAGES, match_language

CATALOGUES = sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def test_every_language_offered_has_a_catalogue():
    assert [path.parent.parent.name for path in CATALOGUES] == sorted(TRANSLATED)


def test_the_texts_of_shared_parts_are_collected_too():
    texts = update.collect()
    for text in ("(optional)", "Show password", "Scan this picture with it"):
        assert texts.get(text), text


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_no_text_is_left_in_english(path):
    assert update.missing(update.load(path), update.collect()) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_translations_keep_the_gaps_and_the_markup(path):
    for message in update.load(path):
        if not message.id:
            continue
        wanted = message.id if isinstance(message.id, tuple) else (message.id,)
        given = message.string if isinstance(message.string, tuple) else (message.string,)
        gaps = sorted(re.findall(r"%\(\w+\)[sd]|</?\w+>", wanted[-1]))
        for text in given:
            assert sorted(re.findall(r"%\(\w+\)[sd]|</?\w+>", text)) == gaps, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_browser_language_is_spoken(client, language):
    page = client.get("/login", headers={"Accept-Language": f"{language};q=0.9, en;q=0.1"})
    assert f'<html lang="{language}"' in page.get_data(as_text=True)


def test_german_says_sign_in_in_german(client):
    assert "<h1>Anmelden</h1>" in client.get("/login", headers={"Accept-Language": "de-AT"}).get_data(as_text=True)


def test_the_app_decides_by_ui_locales(browser, rp):
    browser.get(rp.authorize_url(ui_locales="xx de"))
    assert '<html lang="de"' in browser.text


@pytest.mark.parametrize("value", ["xx", "", None, "../../etc", "d" * 5000, "de\x00"])
def test_an_unknown_language_is_no_language(value):
    assert match_language(value) is None
