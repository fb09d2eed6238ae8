"""Colours: how well one can be read on another (WCAG 2.2 §1.4.3), and the shades that pages take of one accent."""

import colorsys
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

LEAST = 4.5
"""The contrast that text needs (WCAG 2.2 §1.4.3, level AA)."""
TINT = 0.08
"""How much of the accent is in the palest ground that is tinted with it."""
LIGHT_GROUNDS = ("#ffffff", "#f5f6f9")
DARK_GROUNDS = ("#151a23", "#0c0f15", "#0f131b")
"""What text stands on in idp.css: surface, canvas, sunken."""
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_ON_DARK = 6.0
"""Pale text on a dark ground reads worse than its contrast says, so links there get more than the least."""
_BUTTON_ON_DARK = 3.0
"""What the shape of a control needs against its ground (WCAG 2.2 §1.4.11)."""
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """The shades of one scheme."""

    accent: str
    """Links and icons, on any ground."""
    fill: str
    """Buttons, under white words."""
    fill_strong: str
    """The same under the pointer."""
    tint: str
    """A ground that is a little coloured."""


DEFAULT_LIGHT = Palette("#2b55cf", "#2f5bdb", "#2448b8", "#edf2ff")
DEFAULT_DARK = Palette("#9db7ff", "#3d67e3", "#4b74ea", "#1a2542")
"""The shades of idp.css."""


def is_colour(text: str) -> bool:
    """Tell whether a text is a colour as `#rrggbb`."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, «contrast ratio»)."""
    darker, paler = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (paler + 0.05) / (darker + 0.05)


def lowest_contrast(accent: str) -> float:
    """Return the contrast of an accent with the ground it is hardest to read on; white words on it read no worse."""
    return min(contrast(accent, ground) for ground in (*LIGHT_GROUNDS, _tint(accent, LIGHT_GROUNDS[0], TINT)))


def nearest_fit(accent: str) -> str:
    """Return the accent itself where it can be read, or else its palest shade that can."""
    return _shade(accent, -1, lambda shade: lowest_contrast(shade) >= LEAST)


@lru_cache(maxsize=64)
def palettes(accent: str) -> tuple[Palette, Palette]:
    """Return the shades of an accent in light and in dark pages; of none those of idp.css."""
    if not accent:
        return DEFAULT_LIGHT, DEFAULT_DARK
    accent = accent.lower()
    light = Palette(accent, accent, _tint("#000000", accent, 0.15), _tint(accent, LIGHT_GROUNDS[0], TINT))
    surface = DARK_GROUNDS[0]
    fill = _shade(accent, 1, lambda shade: contrast(shade, surface) >= _BUTTON_ON_DARK)
    tint = _tint(fill, surface, 0.18)
    grounds = (*DARK_GROUNDS, tint)
    link = _shade(accent, 1, lambda shade: min(contrast(shade, ground) for ground in grounds) >= _ON_DARK)
    return light, Palette(link, fill, _tint("#000000", fill, 0.15), tint)


def _shade(colour: str, step: int, fits: Callable[[str], bool]) -> str:
    """Return the first shade that fits, paler (`step` 1) or darker (-1) by one part in 255 at a time."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _rgb(colour)))
    shade = colour.lower()
    while not fits(shade) and 0 <= lightness <= 1:
        lightness += step / 255
        shade = _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness)), saturation))
    return shade


def _tint(colour: str, ground: str, share: float) -> str:
    """Lay so much of a colour over a ground."""
    pairs = zip(_rgb(colour), _rgb(ground), strict=True)
    return _hex([(share * over + (1 - share) * under) / 255 for over, under in pairs])


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{min(255, max(0, int(part * 255 + 0.5))):02x}" for part in parts)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
