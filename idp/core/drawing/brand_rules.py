"""What the brand may hold, wherever it was set: addresses that a page can link to, an accent that can be read."""

import math
import re
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.core.drawing.colours import LEAST, is_colour, lowest_contrast, nearest_fit

LINKS = ("support_url", "privacy_url", "terms_url", "imprint_url")
ACCENT = "accent"
_SIGNS = r"[^\s\\\"'<>`{}]*"
_LINK = re.compile(
    rf"https://[A-Za-z0-9\[][^\s/?#@\\\"'<>`{{}}]*([/?#]{_SIGNS})?"
    rf"|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?([/?#]{_SIGNS})?"
)
"""No other scheme than https: a `javascript:` address would run in our pages. On this machine http is fine."""


def problems_of(brand: Any) -> Iterator[str]:
    """List what of the section `brand` forbids a start."""
    for name in LINKS:
        if why := unfit_link(getattr(brand, name)):
            yield f"brand.{name}: {why}"
    if why := unfit_accent(brand.accent):
        yield f"brand.accent: {why}"


def link_to_help(brand: Any) -> str:
    """Return the address behind «Help»: the page, or else the mailbox; empty without either."""
    return brand.support_url or (f"mailto:{brand.support_email}" if brand.support_email else "")


def help_in_words(brand: Any) -> str:
    """Return whom people turn to, as a sentence says it: the mail address, or else the page."""
    return brand.support_email or brand.support_url or ""


def unfit_link(text: str) -> Any:
    """Say what is wrong with the address of a link, or None."""
    return None if not text or _LINK.fullmatch(text) else _l("Enter an address that begins with https://.")


def unfit_accent(text: str) -> Any:
    """Say what is wrong with an accent colour, with the nearest shade that would do, or None."""
    if not text:
        return None
    if not is_colour(text):
        return _l("Enter a colour like #2b55cf: a hash and six digits or letters from a to f.")
    if lowest_contrast(text) >= LEAST:
        return None
    return _l(
        "This colour is too pale: its contrast is %(measured)s to 1, and words need %(least)s. "
        "The nearest shade that can be read is %(shade)s.",
        measured=said(lowest_contrast(text)), least=LEAST, shade=nearest_fit(text),
    )  # fmt: skip


def said(ratio: float) -> str:
    """Return a contrast as people read it; never rounded up to what it is not."""
    return f"{math.floor(ratio * 100) / 100:.2f}"
