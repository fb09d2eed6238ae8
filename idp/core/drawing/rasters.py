"""Uploaded pictures, opened with suspicion. Whoever keeps one draws it anew, so that nothing of its file stays."""

import struct
from io import BytesIO

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError

from idp.core.errors import DomainError

LARGEST = 1024 * 1024
"""The largest upload, in bytes."""
MEDIA_TYPE = "image/webp"
"""What a kept picture is, whatever was uploaded."""
_FORMATS = ("PNG", "JPEG", "WEBP")
"""No SVG: it can hold scripts and addresses."""
MOST_PIXELS = 40_000_000
"""So many pixels a picture has at most, a photograph of a good camera."""
_LONGEST_SIDE = 10_000
"""In pixels. Each row costs memory of its own while a picture is unpacked, however short it is."""
_BROKEN = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip


class UnfitPicture(DomainError):
    """What was uploaded is no picture that we take."""

    def __init__(self, public: object) -> None:
        super().__init__(public, field="picture")


def open_upright(upload: bytes, most_pixels: int = MOST_PIXELS) -> Image.Image:
    """Return an uploaded picture, turned as it is to be seen; raise UnfitPicture for what is none or too large."""
    if len(upload) > LARGEST:
        raise UnfitPicture(_l("Use a picture of at most 1 MB."))
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as image:
            # Before anything of it is unpacked: the head of a small file may promise a picture of gigabytes.
            if max(image.size) > _LONGEST_SIDE or image.width * image.height > most_pixels:
                raise UnfitPicture(_l("Use a picture with fewer pixels."))
            return ImageOps.exif_transpose(image).convert("RGBA")
    except _BROKEN as error:
        raise UnfitPicture(_l("Use a PNG, JPEG or WebP picture.")) from error


def as_webp(image: Image.Image, quality: int = 85) -> bytes:
    """Write a picture without anything that came with its file."""
    drawn = BytesIO()
    image.save(drawn, "WEBP", quality=quality, exif=b"", xmp=b"", icc_profile=b"")
    return drawn.getvalue()
