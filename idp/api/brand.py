"""The look of the house: read, and its logos given and taken."""

from typing import Any

from idp.api.routes import route
from idp.api.schemas.brand import LONGEST, Brand, Logo, LogoNew
from idp.audit.tags import Tag
from idp.brand import house, store
from idp.brand.drawing import Drawn
from idp.core.errors import NotFound
from idp.core.settings import settings

READ, WRITE = "admin.settings.read", "admin.settings.write"


@route("GET", "/brand", READ, "Read the look of the house", answer=Brand,
       says_more="Name, accent and links are settings: `PATCH /settings/brand.accent`.")  # fmt: skip
def read_brand() -> Any:
    brand = settings().brand
    return Brand(name=brand.name, accent=brand.accent or None, **{each: _found(each) for each in house.SCHEMES})


@route("GET", "/brand/logos/<scheme>", READ, "Read where a logo of the house is", answer=Logo)
def read_house_logo(scheme: str) -> Any:
    return Logo(**store.describe(store.get_logo(house.place_of(scheme))))


def _draw(body: LogoNew) -> Drawn:
    return house.draw(body.data())


@route("PUT", "/brand/logos/<scheme>", WRITE, "Give the house a logo", body=LogoNew, answer=Logo,
       event=Tag.BRAND_LOGO_CHANGED, sudo=True, largest=LONGEST, prepare=_draw,
       says_more="The scheme is `light` or `dark`. The body may be 1.4 MB long.")  # fmt: skip
def set_house_logo(scheme: str, ready: Drawn) -> Any:
    return Logo(**store.describe(house.keep_logo(scheme, ready)))


@route("DELETE", "/brand/logos/<scheme>", WRITE, "Take a logo of the house away", status=204,
       event=Tag.BRAND_LOGO_CHANGED, sudo=True)  # fmt: skip
def remove_house_logo(scheme: str) -> None:
    house.remove_logo(scheme)


def _found(scheme: str) -> Logo | None:
    try:
        return Logo(**store.describe(store.get_logo(house.place_of(scheme))))
    except NotFound:
        return None
