"""The logo of an app: uploaded, fetched once from its registered address, taken away."""

from collections.abc import Callable

from flask import Response, request
from flask_babel import gettext as _

from idp.admin.answers import done
from idp.admin.clients.editing import show_edit
from idp.admin.clients.kinds import WRITE
from idp.admin.clients.tabs import url_of
from idp.admin.forms import LogoForm
from idp.admin.routes import act
from idp.audit.tags import Tag
from idp.clients import logos, service
from idp.core.drawing.rasters import LARGEST, UnfitPicture
from idp.core.http import takes_upload
from idp.oauth.apps.reach import check_may_change


@act("/clients/<client_id>/logo", WRITE, Tag.CLIENT_LOGO_CHANGED)
@takes_upload(LARGEST)
def set_client_logo(client_id: str) -> Response:
    file = request.files.get("picture")
    return _keep(client_id, lambda: logos.set_logo(client_id, file.read(LARGEST + 1) if file else b""))


@act("/clients/<client_id>/logo/fetch", WRITE, Tag.CLIENT_LOGO_CHANGED)
def fetch_client_logo(client_id: str) -> Response:
    return _keep(client_id, lambda: logos.fetch_logo(client_id))


@act("/clients/<client_id>/logo/remove", WRITE, Tag.CLIENT_LOGO_CHANGED)
def remove_client_logo(client_id: str) -> Response:
    check_may_change(service.get_client(client_id))
    logos.remove_logo(client_id)
    return done(_("The logo was removed."), url_of("edit_client", client_id))


def _keep(client_id: str, keep: Callable[[], object]) -> Response:
    check_may_change(service.get_client(client_id))
    try:
        keep()
    except UnfitPicture as error:
        form = LogoForm()
        form.picture.errors = [error.public]
        return show_edit(service.get_client(client_id), error.status, logo_form=form)
    return done(_("The logo was saved."), url_of("edit_client", client_id))
