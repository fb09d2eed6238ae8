"""An invented house with a logo and an accent of its own, and an invented app with a logo."""

from functools import lru_cache
from typing import Any

from flask import url_for
from PIL import Image, ImageDraw

from idp.brand.house import HouseLogos, Shown
from idp.core.drawing.rasters import as_webp

ACCENT = "#8a1f5c"
APP, SQUARE = "app", "square"
_INKS = {"light": "#8a1f5c", "dark": "#f3b6d4", APP: "#0b6b3a", SQUARE: "#8a1f5c"}
WIDE = HouseLogos(Shown("light", 400, 100), Shown("dark", 400, 100))
SMALL = HouseLogos(Shown(SQUARE, 100, 100))


def with_look(logos: HouseLogos, values: dict[str, Any]) -> dict[str, Any]:
    """Return what a page is given where the house has these logos and the accent."""
    return {
        **values,
        "house_logos": lambda: logos,
        "logo_url": lambda name: url_for("gallery.logo", name=name),
        "brand_sheet": lambda: url_for("gallery.style_sheet"),
    }


@lru_cache
def drawn(name: str) -> bytes | None:
    """Draw a logo: a mark, and where it is wide bars that stand for a name; None for another name."""
    if name not in _INKS:
        return None
    width = 100 if name in {APP, SQUARE} else 400
    image = Image.new("RGBA", (width, 100))
    pen, ink = ImageDraw.Draw(image), _INKS[name]
    pen.ellipse((6, 6, 94, 94), fill=ink)
    pen.ellipse((34, 20, 78, 64), fill=(0, 0, 0, 0))
    for number, left in enumerate(range(116, width - 40, 48)):
        pen.rounded_rectangle((left, 28 + 10 * (number % 2), left + 34, 76), 8, fill=ink)
    return as_webp(image)
