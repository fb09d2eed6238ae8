"""Every mail of the house: both parts, the link in both, small, nothing fetched from elsewhere."""

import pathlib
from datetime import UTC, datetime, timedelta

import pytest

from idp import folder
from idp.mail.service import render_mail

NAMES = sorted(path.stem for path in (folder("templates") / "mail").glob("*.txt") if not path.stem.startswith("_"))
LINK = "https://id.example.com/verify/" + "x" * 43
VALUES = {
    "link": LINK, "sign_in_link": "https://id.example.com/login", "reset_link": "https://id.example.com/forgot", "code": "123456",
    "not_me_link": "https://id.example.com/revoke/" + "y" * 43, "lifetime": timedelta(minutes=30), "when": datetime(2026, 7, 1, tzinfo=UTC),
    "browser": "Firefox on Linux", "network": "192.0.2.7", "client_name": "Demo <Shop>", "left": 7,
    "passkey": "Demo <Shop>",
}  # fmt: skip


def render(context, name, locale):
    return render_mail(name, to="alice@example.com", locale=locale, **VALUES)


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_has_two_small_parts_that_fetch_nothing(context, name, locale):
    mail = render(context, name, locale)
    assert mail.subject
    assert "\n" not in mail.subject
    assert len(mail.text) < 10_000
    assert len(mail.html) < 10_000
    for start in ("<img", "<script", "<link", "<iframe", "url(", "@import", "<form"):
        assert start not in mail.html.lower()
    assert "Demo <Shop>" not in mail.html
    assert "{{" not in mail.text + mail.html
    assert 'lang="' + locale in mail.html


@pytest.mark.parametrize("name", ["verify_email", "reset_password", "invitation", "sign_in_blocked"])
def test_the_link_of_a_mail_is_plain_text_too(context, name):
    mail = render(context, name, "en")
    assert LINK in mail.text
    assert f'href="{LINK}"' in mail.html
    assert f">{LINK}<" in mail.html


@pytest.mark.parametrize("name", ["password_changed", "sign_in_blocked", "new_sign_in"])
def test_a_mail_about_safety_says_when_and_where_and_offers_this_was_not_me(context, name):
    mail = render(context, name, "en")
    for part in (mail.text, mail.html):
        assert VALUES["not_me_link"] in part
        assert "Firefox on Linux" in part
        assert "192.0.2.7" in part
        assert "2026" in part


def test_both_parts_exist_for_every_mail():
    files = {path.name for path in pathlib.Path(folder("templates") / "mail").iterdir()}
    assert all(f"{name}.html" in files for name in NAMES)
