"""The logo of a new app on its way through the steps: drawn as it is uploaded, carried along, kept with the app."""

import base64
import binascii

from flask import request

from idp.admin.clients.wizard_form import WizardForm
from idp.brand.drawing import Drawn
from idp.clients import logos
from idp.clients.types import TYPES
from idp.core.drawing.rasters import LARGEST, UnfitPicture


def take_up(form: WizardForm) -> None:
    """Let a form carry the logo that came with this request, or none any more; what is no picture is its fault."""
    if form.without_logo.data:
        form.logo_drawn.data, form.without_logo.data = "", False
    file = request.files.get("logo")
    if file:  # a field that was left alone has no name of a file
        try:
            form.logo_drawn.data = base64.b64encode(logos.draw(file.read(LARGEST + 1)).data).decode()
        except UnfitPicture as error:
            form.logo.errors = [error.public]


def drawn_of(form: WizardForm) -> Drawn | None:
    """Return the logo that a form carries, drawn anew, for anybody can write a form; raise UnfitPicture."""
    carried, kind = form.logo_drawn.data or "", TYPES.get(form.type.data or "")
    if not carried or kind is None or not kind.scopes:
        return None
    try:
        return logos.draw(base64.b64decode(carried, validate=True))
    except binascii.Error:
        return logos.draw(b"")
