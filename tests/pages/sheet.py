"""Take a picture of every page in every state: `python -m tests.pages.sheet ui [name …]`.

Writes one PNG a state, width and colour scheme, and one sheet of all of them for each width and scheme.
"""

import html
import sys
import tempfile
from pathlib import Path

from idp.gallery.mails import MAILS, show_mail
from idp.gallery.states import STATES
from tests.chromium import chromium
from tests.pages.house import gallery_app, gallery_server, stay

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
_SHEET = """<!doctype html><meta charset="utf-8"><title>sheet</title><style>
body {{ margin: 24px; background: {ground}; color: {ink}; font: 14px system-ui; display: grid; gap: 24px;
        grid-template-columns: repeat({columns}, 1fr); align-items: start }}
figure {{ margin: 0 }} img {{ width: 100%; outline: 1px solid #8886 }} figcaption {{ padding: 4px 0 }}
</style>{figures}"""


def take(folder, names):
    """Take the pictures of the states and mails named."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mails = _render([name for name in names if name in MAILS])
    with chromium() as browser, gallery_server() as address:
        for scheme in SCHEMES:
            for width in WIDTHS:
                size = {"width": width, "height": 844}
                context = browser.new_context(viewport=size, color_scheme=scheme)
                page = stay(context.new_page())
                taken = [_page(page, address, name, folder, f"{width}-{scheme}") for name in names if name in STATES]
                taken += [_mail(page, name, text, folder, f"{width}-{scheme}") for name, text in mails.items()]
                _sheet(page, folder, taken, f"{width}-{scheme}", scheme, width)
                context.close()


def _page(page, address, name, folder, suffix):
    page.goto(f"{address}/dev/gallery/{name}")
    return _picture(page, folder, name, suffix)


def _render(names):
    with tempfile.TemporaryDirectory() as state:
        app = gallery_app(state)
        with app.test_request_context(base_url="http://localhost:8000"):
            return {name: show_mail(name).html for name in names}


def _mail(page, name, text, folder, suffix):
    page.goto("about:blank")  # no policy of ours, as in a mail program
    page.set_content(text)
    return _picture(page, folder, f"mail-{name}", suffix)


def _picture(page, folder, name, suffix):
    path = folder / f"{name}.{suffix}.png"
    page.screenshot(path=path, full_page=True)
    return path


def _sheet(page, folder, pictures, suffix, scheme, width):
    figures = "".join(
        f'<figure><img src="{path.name}"><figcaption>{html.escape(path.name.split(".")[0])}</figcaption></figure>'
        for path in pictures
    )
    ground, ink = ("#ddd", "#222") if scheme == "light" else ("#333", "#ddd")
    source = folder / f"sheet.{suffix}.html"
    source.write_text(_SHEET.format(figures=figures, ground=ground, ink=ink, columns=4 if width > 600 else 8))
    page.set_viewport_size({"width": 2000, "height": 1000})
    page.goto(source.resolve().as_uri())
    page.screenshot(path=folder / f"sheet.{suffix}.png", full_page=True)


if __name__ == "__main__":
    take(sys.argv[1], sys.argv[2:] or [*STATES, *MAILS])
