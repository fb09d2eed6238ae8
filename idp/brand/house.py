"""The logo of the house, one for light pages and one for dark ones; every process remembers which they are."""

import logging
import time
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.brand import drawing, store
from idp.brand.models import Logo
from idp.core.cache import Cache
from idp.core.db import release_connection, single_statements, transaction
from idp.core.errors import NotFound
from idp.core.holding import Held, hold
from idp.feed import service as feed

SCHEMES = ("light", "dark")
_KIND = "brand"
_AGAIN = 5.0
"""Seconds after which a database that did not answer is asked again: pages that say so must not wait for it."""
_READ = select(Logo.place, Logo.name, Logo.width, Logo.height).where(Logo.place.like("house:%"))
_log = logging.getLogger("idp.brand")


@dataclass(frozen=True)
class Shown:
    """A logo on a page."""

    name: str
    width: int
    height: int

    @property
    def says_the_name(self) -> bool:
        """Whether it is wide, as logos are that hold the name; a square one stands beside the name."""
        return self.width > 1.6 * self.height


@dataclass(frozen=True)
class HouseLogos:
    """What stands at the head of a page; one of the two is enough."""

    light: Shown | None = None
    dark: Shown | None = None

    @property
    def usual(self) -> Shown | None:
        """The one for light pages, and for dark ones too where they have none of their own."""
        return self.light or self.dark

    @property
    def on_dark(self) -> Shown | None:
        """The one for dark pages, where it is another."""
        return self.dark if self.light and self.dark else None


_NONE = HouseLogos()
_cache: Cache[HouseLogos] = Cache("idp.brand", most=1)


def house_logos() -> HouseLogos:
    """Return the logos of the house as this process knows them; none while the database does not answer."""
    if current_app.extensions.get("idp.brand.again", 0.0) > time.monotonic():
        return _NONE
    try:
        return _cache.get("house", _load) or _NONE
    except SQLAlchemyError as error:
        _log.debug("logos cannot be read: %s", type(error).__name__)
        current_app.extensions["idp.brand.again"] = time.monotonic() + _AGAIN
        return _NONE


def set_logo(scheme: str, upload: bytes) -> Logo:
    """Keep a logo of the house, drawn anew; raise UnfitPicture for what is none, NotFound for another scheme."""
    place_of(scheme)
    return keep_logo(scheme, draw(upload))


def draw(upload: bytes) -> drawing.Drawn:
    """Draw a logo of the house; raise UnfitPicture. It takes a moment, in which no connection is held."""
    release_connection()
    return drawing.draw(upload, drawing.HOUSE)


def keep_logo(scheme: str, drawn: drawing.Drawn) -> Logo:
    """Keep a logo of the house that is drawn; raise NotFound for another scheme."""
    place = place_of(scheme)
    with transaction():
        hold(Held.LOGOS)
        row = store.keep(place, drawn)
        _changed(scheme, row.name)
        return row


def remove_logo(scheme: str) -> None:
    """Take a logo of the house away; raise NotFound where there is none."""
    place = place_of(scheme)
    with transaction():
        hold(Held.LOGOS)
        if not store.drop(place):
            raise NotFound(store.NO_LOGO)
        _changed(scheme, None)


def place_of(scheme: str) -> str:
    """Return where a logo of the house lies; raise NotFound for no scheme of ours."""
    if scheme not in SCHEMES:
        raise NotFound(store.NO_LOGO)
    return f"house:{scheme}"


def _changed(scheme: str, name: str | None) -> None:
    record(Tag.BRAND_LOGO_CHANGED, scheme=scheme, logo=name)
    feed.publish(_KIND, scheme)
    _cache.forget()


@feed.on_change(_KIND)
def _on_change(_subject: str) -> None:
    _cache.forget()


def _load() -> HouseLogos:
    with single_statements() as connection:
        rows = connection.execute(_READ).all()
    return HouseLogos(**{row.place.partition(":")[2]: Shown(row.name, row.width, row.height) for row in rows})
