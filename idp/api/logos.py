"""The logos of apps: given, taken away."""

from typing import Any

from idp.api.clients import READ, WRITE, changeable
from idp.api.routes import route
from idp.api.schemas.brand import LONGEST, Logo, LogoNew
from idp.audit.tags import Tag
from idp.brand import store
from idp.brand.drawing import Drawn
from idp.clients import logos


@route("GET", "/clients/<client_id>/logo", READ, "Read where the logo of an app is", answer=Logo)
def read_client_logo(client_id: str) -> Any:
    return Logo(**store.describe(logos.get_logo(client_id)))


def _draw(body: LogoNew) -> Drawn:
    return logos.draw(body.data())


@route("PUT", "/clients/<client_id>/logo", WRITE, "Give an app a logo", body=LogoNew, answer=Logo,
       event=Tag.CLIENT_LOGO_CHANGED, largest=LONGEST, prepare=_draw,
       says_more="The body may be 1.4 MB long.")  # fmt: skip
def set_client_logo(client_id: str, ready: Drawn) -> Any:
    return Logo(**store.describe(logos.keep_logo(changeable(client_id).id, ready)))


@route("DELETE", "/clients/<client_id>/logo", WRITE, "Take the logo of an app away", status=204,
       event=Tag.CLIENT_LOGO_CHANGED)  # fmt: skip
def remove_client_logo(client_id: str) -> None:
    logos.remove_logo(changeable(client_id).id)
