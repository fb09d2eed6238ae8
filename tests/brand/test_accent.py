"""The accent of the house: measured before it is kept, lightened for dark pages, delivered as a sheet of its own."""

import colorsys
import re
from pathlib import Path

import pytest

import idp
from idp.core.drawing import colours
from idp.core.drawing.brand_rules import said, unfit_accent, unfit_link
from idp.core.drawing.colours import DARK_GROUNDS, DEFAULT_DARK, DEFAULT_LIGHT, LEAST, LIGHT_GROUNDS, contrast, palettes
from idp.operate.config_cli import config
from idp.stored_settings import live, service
from idp.stored_settings.checks import UnfitSettings
from tests.conftest import make_settings

SHEET = (Path(idp.__file__).parent / "static" / "idp.css").read_text()
WHEEL = [
    "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue / 24, light / 10, full / 2))
    for hue in range(24) for light in range(11) for full in (0, 1, 2)
]  # fmt: skip
TEXT, MUTED = {"light": "#14171f", "dark": "#e9ecf3"}, {"light": "#566071", "dark": "#a3adbf"}


def variable(name, scheme):
    """A colour of idp.css."""
    found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", SHEET)
    short = found[1 if scheme == "light" else 2]
    return short if len(short) == 7 else "#" + "".join(sign * 2 for sign in short[1:])


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag_whichever_colour_is_named_first(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_what_is_measured_on_is_what_the_pages_have():
    assert tuple(variable(name, "light") for name in ("surface", "canvas")) == LIGHT_GROUNDS
    assert tuple(variable(name, "dark") for name in ("surface", "canvas", "sunken")) == DARK_GROUNDS
    for scheme, shades in (("light", DEFAULT_LIGHT), ("dark", DEFAULT_DARK)):
        for name in ("accent", "fill", "fill-strong", "tint"):
            assert variable(name, scheme) == getattr(shades, name.replace("-", "_"))


def test_every_colour_is_taken_or_its_nearest_shade_is_and_then_everything_can_be_read():
    for colour in WHEEL:
        shade = colours.nearest_fit(colour)
        assert (unfit_accent(colour) is None) is (shade == colour)
        assert unfit_accent(shade) is None, (colour, shade)
        for scheme, grounds, shades in zip(TEXT, (LIGHT_GROUNDS, DARK_GROUNDS), palettes(shade), strict=True):
            for ground in (*grounds, shades.tint):
                assert contrast(shades.accent, ground) >= LEAST, (colour, scheme, ground)
            for fill in (shades.fill, shades.fill_strong):
                assert contrast("#ffffff", fill) >= LEAST, (colour, scheme, fill)
            for words in (TEXT[scheme], MUTED[scheme]):
                assert contrast(words, shades.tint) >= LEAST, (colour, scheme, shades.tint)
        assert contrast(palettes(shade)[1].fill, DARK_GROUNDS[0]) >= 3


def test_the_nearest_shade_is_no_darker_than_it_must_be():
    assert colours.nearest_fit("#ff0000") == "#db0000"
    assert colours.lowest_contrast("#dd0000") < LEAST


@pytest.mark.parametrize("text", ["red", "#fff", "2b55cf", "#2b55cg", "#2b55cf ", "#2b55cf;}", "javascript:1"])
def test_what_is_no_colour_is_refused(text):
    assert "#2b55cf" in str(unfit_accent(text))


def test_a_pale_colour_is_refused_with_what_was_measured_and_the_nearest_shade(browser, app, arrange, factory):
    with arrange.context(), pytest.raises(UnfitSettings) as refused:
        service.change({"brand.accent": "#ffcc00"})
    words = str(refused.value.public)
    assert said(colours.lowest_contrast("#ffcc00")) in words
    assert "#876c00" in words
    factory.user("owner@example.com", roles=("owner",))
    browser.sign_in("owner@example.com")
    browser.get("/admin/settings/general")
    browser.submit("brand.accent", **{"brand.accent": "#ffcc00"})
    assert browser.status == 422
    assert "#876c00" in browser.text
    assert 'id="brand.accent-error"' in browser.text


def test_file_and_environment_are_judged_too():
    assert make_settings(brand={"accent": "#ffcc00"}).problems()[0].startswith("brand.accent: ")
    assert make_settings(brand={"imprint_url": "javascript:alert(1)"}).problems()[0].startswith("brand.imprint_url: ")
    assert not make_settings(brand={"accent": "#8a1f5c", "imprint_url": "https://example.com/imprint"}).problems()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "http://example.com/", "//example.com/", "/x",
     "https://", "https://a b", 'https://a"onclick', "https://a@b.example/", "mailto:a@example.com", "https://a\\b"],
)  # fmt: skip
def test_a_link_of_the_brand_leads_to_https_and_nowhere_else(address):
    assert unfit_link(address)


@pytest.mark.parametrize(
    "address", ["", "https://example.com", "https://example.com/a?b=c#d", "http://localhost:8000/x"]
)
def test_a_link_of_the_brand_may_be(address):
    assert unfit_link(address) is None


def test_the_usual_colours_cost_no_request(client):
    assert "brand.css" not in client.get("/login").text


def test_the_sheet_is_linked_kept_for_ever_and_follows_a_change_at_once(client, arrange, command_line):
    command_line.run(config, "set", "brand.accent", "#8A1F5C")
    with arrange.context():
        live.load()
    page = client.get("/login").text
    address = re.search(r'href="(/brand\.css\?v=\w+)"', page)[1]
    assert page.index("/static/idp.css") < page.index(address)
    answer = client.get(address)
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--accent: light-dark(#8a1f5c, " in answer.text
    assert answer.text.startswith("@layer brand {")
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/brand.css?v=other").headers["Cache-Control"] == "no-cache"
    command_line.run(config, "set", "brand.accent", "#0b6b3a")
    with arrange.context():
        live.load()
    assert address not in client.get("/login").text


def test_links_and_help_of_the_brand_are_at_the_foot_of_pages_errors_and_mails(make_app, mailbox):
    from idp.mail.service import render_mail
    from tests.services import test_client

    brand = {
        "support_email": "help@example.com", "support_url": "https://example.com/help", "accent": "#8a1f5c",
        "imprint_url": "https://example.com/imprint", "privacy_url": "https://example.com/privacy",
    }  # fmt: skip
    app = make_app(brand=brand)
    client = test_client(app)
    for path in ("/login", "/nowhere"):
        foot = client.get(path).text.split('<footer class="footer">')[1]
        for name in ("support_url", "imprint_url", "privacy_url"):
            assert f'<a href="{brand[name]}">' in foot
        assert "mailto:" not in foot
    with app.app_context(), app.test_request_context():
        mail = render_mail("test", to="alice@example.com", when=None)
    for text in (mail.text, mail.html):
        assert "help@example.com" in text
        assert "https://example.com/imprint" in text
    with app.app_context(), app.test_request_context():
        html = render_mail("reset_password", to="a@example.com", link="https://x.example", lifetime="1 hour").html
    assert "background:#8a1f5c" in html
    assert "#2f5bdb" not in html
