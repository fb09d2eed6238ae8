"""Show the gallery and each of its states."""

from flask import Blueprint, Response, g
from flask_babel import gettext as _

from idp.brand.sheet import text_of
from idp.core.drawing.rasters import MEDIA_TYPE
from idp.core.errors import NotFound
from idp.core.http import flash, render
from idp.gallery import look
from idp.gallery.fakes import ALICE
from idp.gallery.mails import MAILS, show_mail
from idp.gallery.states import STATES

blueprint = Blueprint("gallery", __name__, url_prefix="/dev/gallery")


@blueprint.get("")
def index() -> Response:
    return render("dev/gallery.html", states=STATES.values(), mails=MAILS)


@blueprint.get("/<name>")
def state(name: str) -> Response:
    if name not in STATES:
        raise NotFound(_("There is no such page in the gallery."))
    shown = STATES[name]
    if shown.flash:
        flash(*shown.flash)
    g._login_user = ALICE  # noqa: SLF001 - where Flask-Login keeps the person of a request
    return render(shown.template, shown.status, **shown.context())


@blueprint.get("/logo/<name>")
def logo(name: str) -> Response:
    data = look.drawn(name)
    if data is None:
        raise NotFound(_("There is no such logo in the gallery."))
    return Response(data, mimetype=MEDIA_TYPE)


@blueprint.get("/look/brand.css")
def style_sheet() -> Response:
    return Response(text_of(look.ACCENT), mimetype="text/css")


@blueprint.get("/mail/<name>")
def mail(name: str) -> Response:
    if name not in MAILS:
        raise NotFound(_("There is no such mail in the gallery."))
    return render("dev/mail_message.html", mail=show_mail(name))
