"""What no template, style or script may hold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if path.parent.name != "mail"]
STATIC = ROOT / "idp" / "static"
LARGER = {"passkey.js": 4096, "swap.js": 2560, "dialog.js": 2048, "filter.js": 2048, "watch.js": 1536}
"""Scripts that may have more than the bytes of the others."""
SHEETS = sorted(STATIC.glob("*.css"))


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_wb01_no_page_has_inline_style_handler_or_unescaped_value(path):
    text = path.read_text()
    assert not re.search(r"\bstyle\s*=|<style", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "javascript:" not in text
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_wb01_only_the_frame_of_pages_has_scripts_and_all_carry_the_nonce(path):
    scripts = re.findall(r"<script\b[^>]*>", path.read_text())
    if path.name != "base.html":
        assert not scripts
        assert "csp_nonce" not in path.read_text()
    assert all('nonce="{{ csp_nonce() }}"' in tag for tag in scripts)


@pytest.mark.parametrize("path", [path for path in PAGES if path.parent.name != "_ui"], ids=name)
def test_every_page_begins_with_the_values_it_reads(path):
    assert path.read_text().startswith("{#")


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_forms_that_post_carry_the_token(path):
    for form in re.findall(r'<form\b[^>]*method="post"[^>]*>.*?</form>', path.read_text(), re.DOTALL):
        assert "csrf_field()" in form or path.name == "form_post.html"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_page_blocks_paste_or_moves_the_order_of_focus(path):
    text = path.read_text()
    assert not re.search(r'tabindex="[1-9]', text)
    assert "maximum-scale" not in text
    assert "placeholder=" not in text


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_a_style_sheet_stays_small_and_needs_no_other_file(sheet):
    text = sheet.read_text()
    assert len(text.encode()) <= 20 * 1024
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=name)
def test_scripts_stay_small_and_put_no_text_into_the_page_as_markup(path):
    text = path.read_text()
    assert len(text.encode()) <= LARGER.get(path.name, 1200)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", text)


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_no_style_names_a_side_of_the_page_that_turns_with_the_language(sheet):
    assert not re.search(r"(margin|padding|border)-(left|right)\b|text-align: (left|right)|float:", sheet.read_text())
