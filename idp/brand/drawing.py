"""Draw a logo anew: whole, small, and light enough for a sign-in page."""

from dataclasses import dataclass

from idp.core.drawing.rasters import as_webp, open_upright

HOUSE = (480, 120)
"""The box a logo of the house is fitted into, in pixels; it is shown at a quarter of that."""
APP = (128, 128)
"""That of an app."""
HEAVIEST = 12 * 1024
"""So many bytes a logo weighs at most; what would weigh more is drawn more coarsely."""
_MOST_PIXELS = 10_000_000
_QUALITIES = (90, 75, 55, 35)


@dataclass(frozen=True)
class Drawn:
    """A logo that is ready to be kept."""

    data: bytes
    width: int
    height: int


def draw(upload: bytes, box: tuple[int, int]) -> Drawn:
    """Return an uploaded logo fitted into a box, nothing of it cut off; raise UnfitPicture for what is none."""
    image = open_upright(upload, _MOST_PIXELS)
    for part in (1, 2, 4):
        image.thumbnail((box[0] // part, box[1] // part))
        for quality in _QUALITIES:
            data = as_webp(image, quality)
            if len(data) <= HEAVIEST:
                return Drawn(data, image.width, image.height)
    return Drawn(data, image.width, image.height)
