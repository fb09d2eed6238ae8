"""The logo of the house, one for each scheme: uploaded, taken away."""

from flask import Response, request
from flask_babel import gettext as _

from idp.admin.answers import done
from idp.admin.forms import LogoForm
from idp.admin.routes import act
from idp.admin.settings.views import WRITE, show_tab, tab_url
from idp.audit.tags import Tag
from idp.brand import house
from idp.core.drawing.rasters import LARGEST, UnfitPicture
from idp.core.http import takes_upload

TAB = "general"


@act("/settings/general/logo/<scheme>", WRITE, Tag.BRAND_LOGO_CHANGED, sudo=True)
@takes_upload(LARGEST)
def set_house_logo(scheme: str) -> Response:
    form = LogoForm(prefix=f"{scheme}-")
    file = request.files.get(form.picture.name)
    try:
        house.set_logo(scheme, file.read(LARGEST + 1) if file else b"")
    except UnfitPicture as error:
        form.picture.errors = [error.public]
        return show_tab(TAB, error.status, logo_forms={scheme: form})
    return done(_("The logo was saved."), tab_url(TAB))


@act("/settings/general/logo/<scheme>/remove", WRITE, Tag.BRAND_LOGO_CHANGED, sudo=True)
def remove_house_logo(scheme: str) -> Response:
    house.remove_logo(scheme)
    return done(_("The logo was removed."), tab_url(TAB))
