"""A person's picture: taken from an upload, drawn again small and square, served under a name nobody guesses."""

from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import delete, insert, select

from idp.accounts.errors import UnfitProfile
from idp.accounts.models import Picture
from idp.accounts.service import get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.links import absolute_url
from idp.core.secrets import random_token

LARGEST = 1024 * 1024
"""The largest upload, in bytes."""
SIDE = 256
"""The side of a picture as it is kept, in pixels."""
MEDIA_TYPE = "image/webp"
_FORMATS = ("PNG", "JPEG", "WEBP")
_MOST_PIXELS = 40_000_000


def set_picture(user_id: str, upload: bytes) -> None:
    """Keep a person's picture; raise UnfitProfile for what is none."""
    data, name = _draw(upload), random_token()
    with transaction() as session:
        user = get_user_for_change(user_id)
        session.execute(delete(Picture).where(Picture.user_id == user_id))
        session.execute(insert(Picture).values(user_id=user_id, name=name, data=data, created_at=now()))
        user.picture = absolute_url("portal.picture", name=name)
        user.version += 1
        record(Tag.ACCOUNT_EDITED, actor=f"user:{user_id}", subject=f"user:{user_id}", fields=["picture"])


def remove_picture(user_id: str) -> None:
    """Take a person's picture away."""
    with transaction() as session:
        user = get_user_for_change(user_id)
        session.execute(delete(Picture).where(Picture.user_id == user_id))
        user.picture = None
        user.version += 1
        record(Tag.ACCOUNT_EDITED, actor=f"user:{user_id}", subject=f"user:{user_id}", fields=["picture"])


def find_picture(name: str) -> bytes | None:
    """Return the picture of a name, or None."""
    return db.session.execute(select(Picture.data).where(Picture.name == name)).scalar()


def is_own(address: str | None) -> bool:
    """Tell whether an address of a picture is one of ours: only those may a page show."""
    return address is not None and address.startswith(absolute_url("portal.picture", name=""))


def _draw(upload: bytes) -> bytes:
    """Draw a picture anew: nothing of the file itself is kept, no place where it was taken, nothing hidden in it."""
    if len(upload) > LARGEST:
        raise UnfitProfile(_("Use a picture of at most 1 MB."), field="picture")
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise UnfitProfile(_("Use a picture with fewer pixels."), field="picture")
            upright = ImageOps.exif_transpose(image).convert("RGBA")
            square = ImageOps.fit(upright, (SIDE, SIDE))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnfitProfile(_("Use a PNG, JPEG or WebP picture."), field="picture") from error
    drawn = BytesIO()
    square.save(drawn, "WEBP", quality=85)
    return drawn.getvalue()
