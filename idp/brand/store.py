"""Keep logos, one at each place, and find them by the name in their address."""

import hashlib
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from idp.brand.drawing import Drawn
from idp.brand.models import Logo
from idp.core.clock import now
from idp.core.db import db, read, transaction
from idp.core.drawing.rasters import MEDIA_TYPE
from idp.core.errors import NotFound
from idp.core.links import absolute_url

NO_LOGO = _l("There is no logo.")
_DATA = select(Logo.data)


def keep(place: str, drawn: Drawn) -> Logo:
    """Keep a logo at a place, instead of the one that was there."""
    name = hashlib.sha256(place.encode() + b"\0" + drawn.data).hexdigest()[:32]
    with transaction() as session:
        drop(place)
        row = Logo(
            place=place, name=name, data=drawn.data, width=drawn.width, height=drawn.height, changed_at=now()
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def drop(place: str) -> bool:
    """Take the logo of a place away; tell whether there was one."""
    with transaction() as session:
        return bool(session.execute(delete(Logo).where(Logo.place == place)).rowcount)  # type: ignore[attr-defined]


def get_logo(place: str) -> Logo:
    """Return the logo of a place; raise NotFound."""
    row = db.session.get(Logo, place, populate_existing=True)
    if row is None:
        raise NotFound(NO_LOGO)
    return row


def find_data(name: str) -> bytes | None:
    """Return the picture of a name, or None."""
    rows = read(_DATA.where(Logo.name == name))
    return rows[0].data if rows else None


def address_of(name: str) -> str:
    """Return the address of a logo on our pages."""
    return url_for("brand.logo", name=name)


def full_address_of(name: str) -> str:
    """Return the address of a logo for programs."""
    return absolute_url("brand.logo", name=name)


def describe(row: Logo) -> dict[str, Any]:
    """Describe a logo as JSON."""
    return {
        "url": full_address_of(row.name), "media_type": MEDIA_TYPE, "width": row.width, "height": row.height,
        "bytes": len(row.data), "changed_at": row.changed_at,
    }  # fmt: skip
