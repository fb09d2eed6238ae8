"""The style sheet of the house: the shades of its accent, in the last layer of idp.css; nothing where that is blue."""

import hashlib
from functools import lru_cache

from flask import url_for

from idp.core.drawing.colours import palettes
from idp.core.settings import settings

_VARIABLES = ("accent", "fill", "fill_strong", "tint")


def address() -> str | None:
    """Return the address of the style sheet, or None where the house has the usual colours."""
    accent = settings().brand.accent
    return url_for("brand.style_sheet", v=version_of(accent)) if accent else None


@lru_cache(maxsize=64)
def text_of(accent: str) -> str:
    """Write the style sheet of an accent."""
    light, dark = palettes(accent)
    names = {name: f"--{name.replace('_', '-')}" for name in _VARIABLES}
    plain = " ".join(f"{names[name]}: {getattr(light, name)};" for name in _VARIABLES)
    both = " ".join(
        f"{names[name]}: light-dark({getattr(light, name)}, {getattr(dark, name)});" for name in _VARIABLES
    )  # fmt: skip
    return (
        f"@layer brand {{\n  :root {{ {plain} }}\n"
        f"  @supports (color: light-dark(#000, #fff)) {{ :root {{ {both} }} }}\n}}\n"
    )


@lru_cache(maxsize=64)
def version_of(accent: str) -> str:
    """Return the first digits of the SHA-256 of the style sheet of an accent."""
    return hashlib.sha256(text_of(accent).encode()).hexdigest()[:12]
