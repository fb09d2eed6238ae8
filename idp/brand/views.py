"""Where browsers get the style sheet of the house and the logos."""

from flask import Blueprint, Response, abort, make_response, request

from idp.brand import sheet, store
from idp.core.assets import FOR_EVER
from idp.core.drawing.rasters import MEDIA_TYPE
from idp.core.settings import settings

blueprint = Blueprint("brand", __name__)


@blueprint.get("/brand.css")
def style_sheet() -> Response:
    accent = settings().brand.accent
    version = sheet.version_of(accent)
    response = make_response(sheet.text_of(accent))
    response.mimetype = "text/css"
    response.set_etag(version)
    # A server that has not heard of a change yet must not have its sheet kept under the name of the new one.
    response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") == version else "no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/logos/<name>")
def logo(name: str) -> Response:
    data = store.find_data(name)
    if data is None:
        abort(404)
    response = make_response(data)
    response.mimetype = MEDIA_TYPE
    response.set_etag(name)
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.make_conditional(request)
    return response
