"""Mails speak the reader's language and tell times in their zone."""

from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import DictLoader

from idp.mail.service import render_mail

TEMPLATES = {
    "mail/times.txt": "Subject: Times\n\n{{ when }} | {{ lifetime }} | {{ word }}\n",
    "mail/times.html": "<p>{{ word }}</p>",
}


@pytest.fixture
def rendering(shown_app):
    shown_app.jinja_env.loader = DictLoader(TEMPLATES)
    return shown_app


def render(**values):
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    return render_mail(
        "times", to="a@example.com", when=moment, word="<b>", **{"lifetime": timedelta(hours=24), **values}
    )


def test_times_are_told_in_the_reader_s_zone(rendering):
    assert "Jul 2, 2026, 12:30:00\u202fAM Europe/Berlin" in render(zone="Europe/Berlin").text
    assert "Jul 1, 2026, 10:30:00\u202fPM UTC" in render().text
    assert "UTC" in render(zone="Not/AZone").text


@pytest.mark.parametrize(
    ("length", "words"),
    [(timedelta(minutes=30), "30 minutes"), (timedelta(hours=24), "24 hours"), (timedelta(days=7), "7 days")],
)
def test_lifetimes_are_told_in_words(rendering, length, words):
    assert f"| {words} |" in render(lifetime=length).text


def test_the_reader_s_language_wins_over_the_page_s(rendering):
    assert "24 Stunden" in render(locale="de").text


def test_lg18_html_is_escaped_and_text_is_not(rendering):
    mail = render()
    assert "<b>" in mail.text
    assert mail.html == "<p>&lt;b&gt;</p>\n"
