"""Every page in every state: valid, titled, labelled; and the sign-in page light."""

import gzip
import re
from collections import defaultdict
from html.parser import HTMLParser

import html5lib
import pytest
from flask import render_template

from idp.gallery.mails import MAILS, show_mail
from idp.gallery.states import STATES
from idp.mail.service import render_mail
from tests.pages.house import gallery_app

ADDRESS = "http://localhost:8000"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return gallery_app(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="module")
def pages(app):
    """The answer to every state of the gallery."""
    client = app.test_client()
    return {name: client.get(f"/dev/gallery/{name}", base_url=ADDRESS) for name in STATES}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text of some."""

    def __init__(self, text) -> None:
        super().__init__()
        self.found, self.texts, self._open = [], defaultdict(str), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        for tag in {"title", "h1"} & set(self._open):
            self.texts[tag] += data

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


every_state = pytest.mark.parametrize("name", STATES)


@every_state
def test_the_page_is_valid_html(pages, name):
    assert pages[name].status_code == STATES[name].status
    html5lib.HTMLParser(strict=True).parse(pages[name].text)


@every_state
def test_the_page_has_one_heading_and_its_title_begins_with_it(pages, name):
    page = Elements(pages[name].text)
    heading, title = page.texts["h1"].strip(), page.texts["title"]
    assert len(page.all("h1")) == 1
    assert title.removeprefix("Error: ") == f"{heading} \N{EN DASH} Acme ID"
    assert title.startswith("Error: ") == ('role="alert" tabindex="-1"' in pages[name].text)
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("html")[0]["dir"] == "ltr"


@every_state
def test_wb01_the_page_has_no_inline_style_or_handler_and_each_script_its_nonce(pages, name):
    page, policy = Elements(pages[name].text), pages[name].headers["Content-Security-Policy"]
    for _tag, attributes in page.found:
        assert not [word for word in attributes if word == "style" or word.startswith("on")]
    for script in page.all("script"):
        assert f"'nonce-{script['nonce']}'" in policy


@every_state
def test_every_field_has_a_label_and_its_ids_are_its_own(pages, name):
    page = Elements(pages[name].text)
    ids = [attributes["id"] for _tag, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in page.all("label")}
    for field in page.all("input", "select"):
        shown = field.get("type") != "hidden" and field.get("aria-hidden") != "true"
        assert not shown or field["id"] in labelled
        assert set(field.get("aria-describedby", "").split()) <= set(ids)
        assert field.get("aria-invalid") in {None, "true"}


def test_different_pages_have_different_titles(pages):
    """States of one page share its title, and two pages may not."""
    templates = defaultdict(set)
    for name, state in STATES.items():
        templates[Elements(pages[name].text).texts["title"].removeprefix("Error: ")].add(state.template)
    assert {title: found for title, found in templates.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("state", "field", "attributes"),
    [
        ("login", "identifier", {"type": "text", "autocomplete": "username webauthn", "inputmode": "email"}),
        ("login", "password", {"type": "password", "autocomplete": "current-password", "spellcheck": "false"}),
        ("login-hinted", "identifier", {"autocomplete": "username", "value": "alice@example.com"}),
        ("reauth", "username", {"autocomplete": "username", "value": "alice@example.com"}),
        ("register", "email", {"type": "email", "autocomplete": "username"}),
        ("register", "name", {"autocomplete": "name"}),
        (
            "register",
            "new_password",
            {"autocomplete": "new-password", "passwordrules": "minlength: 15; max-consecutive: 3;"},
        ),
        ("forgot", "email", {"type": "email", "autocomplete": "email"}),
        ("reset", "username", {"autocomplete": "username", "value": "alice@example.com"}),
        ("reset", "new_password", {"type": "password", "autocomplete": "new-password"}),
        ("password", "password", {"autocomplete": "current-password"}),
        ("check-email", "code", {"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*"}),
    ],
)
def test_password_managers_find_what_they_look_for(pages, state, field, attributes):
    found = next(item for item in Elements(pages[state].text).all("input") if item.get("name") == field)
    assert attributes.items() <= found.items()
    assert "maxlength" not in found or field == "name"


def test_what_was_typed_is_kept_after_an_error_but_no_secret(pages):
    fields = {field.get("name"): field for field in Elements(pages["login-wrong"].text).all("input")}
    assert fields["identifier"]["value"] == "alice@example.com"
    assert not fields["password"].get("value")


def test_wb02_names_of_others_become_neither_markup_nor_template(app):
    evil = '"><img src=x onerror=alert(1)>{{7*7}}${HOME}'
    with app.test_request_context(base_url=ADDRESS):
        context = {**STATES["consent"].context(), "client_name": evil, "redirect_host": evil}
        page = render_template("auth/consent.html", **context)
        mail = render_mail("app_allowed", to="alice@example.com", **{**MAILS["app_allowed"], "client_name": evil})
    for html in (page, mail.html):
        assert "<img" not in html
        assert "{{7*7}}${HOME}" in html
    assert evil in mail.text


def test_the_sign_in_page_is_light(app, pages):
    """At most 15 KB compressed, 30 KB as it is, 6 requests."""
    text = pages["login-app"].text
    client = app.test_client()
    files = [client.get(url, base_url=ADDRESS) for url in re.findall(r'/static/[^"]+', text)]
    assert all(file.status_code == 200 for file in files)
    parts = [text.encode(), *(file.data for file in files)]
    assert len(parts) <= 6
    assert sum(map(len, parts)) <= 30 * 1024
    assert sum(len(gzip.compress(part, 9)) for part in parts) <= 15 * 1024


def test_static_files_are_kept_for_ever_under_the_name_of_their_content_only(app, pages):
    url = re.search(r"/static/idp\.css\?v=[0-9a-f]{12}", pages["login"].text)[0]
    client = app.test_client()
    assert "immutable" in client.get(url, base_url=ADDRESS).headers["Cache-Control"]
    assert "immutable" not in client.get(url[:-1] + "g", base_url=ADDRESS).headers["Cache-Control"]


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_small_whole_in_both_parts_and_asks_for_nothing_from_afar(app, name):
    with app.test_request_context(base_url=ADDRESS):
        mail = show_mail(name)
    assert len(mail.html.encode()) + len(mail.text.encode()) <= 10 * 1024
    assert mail.subject
    assert "Subject:" not in mail.text
    assert "<" not in mail.text
    html5lib.HTMLParser(strict=True).parse(mail.html)
    assert not re.search(r"<(img|link|script|iframe|object)\b|url\(|@import", mail.html)
    links = set(re.findall(r'href="([^"]+)"', mail.html))
    assert links == {link for link in mail.links if link in links}
    assert all(link in re.sub(r"<[^>]+>", "", mail.html) for link in links)


def test_the_gallery_is_there_in_development_only(app, tmp_path):
    assert app.test_client().get("/dev/gallery", base_url=ADDRESS).status_code == 200
    house = gallery_app(
        tmp_path, mode="production", issuer="https://id.example.com", mail={"url": "smtp://localhost:25"}
    )
    assert "gallery" not in house.blueprints


def test_the_bare_address_leads_to_the_account(app):
    assert app.test_client().get("/", base_url=ADDRESS).headers["Location"] == "/account"
