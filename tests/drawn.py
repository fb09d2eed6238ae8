"""Pictures to upload, and an address that answers with one."""

import io

from PIL import Image

from idp.core import fetch

LOGO = "https://rp.example.com/logo.png"
_fetch = fetch.fetch


def picture(size=(640, 160), kind="PNG", colour="teal", **extra):
    """A picture as a file."""
    file = io.BytesIO()
    Image.new("RGBA" if kind != "JPEG" else "RGB", size, colour).save(file, kind, **extra)
    return file.getvalue()


def answer_with_a_picture(url, **values):
    """Fetch an address; that of the logo is not asked and answers with a picture."""
    return picture() if url == LOGO else _fetch(url, **values)
