"""A person's picture: taken from an upload, drawn again small and square, served under a name nobody guesses."""

from PIL import ImageOps
from sqlalchemy import delete, insert, select

from idp.accounts.errors import UnfitProfile
from idp.accounts.models import Picture
from idp.accounts.service import get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, release_connection, transaction
from idp.core.drawing.rasters import LARGEST, MEDIA_TYPE, UnfitPicture, as_webp, open_upright
from idp.core.links import absolute_url
from idp.core.secrets import random_token

__all__ = ["LARGEST", "MEDIA_TYPE", "find_picture", "is_own", "remove_picture", "set_picture"]

SIDE = 256
"""The side of a picture as it is kept, in pixels."""


def set_picture(user_id: str, upload: bytes) -> None:
    """Keep a person's picture; raise UnfitProfile for what is none."""
    release_connection()
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
    try:
        return as_webp(ImageOps.fit(open_upright(upload), (SIDE, SIDE)))
    except UnfitPicture as error:
        raise UnfitProfile(error.public, field="picture") from error
