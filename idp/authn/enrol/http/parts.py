"""What the pages of the account and of a sign-in share: their templates' values, and how a form is taken."""

from typing import Any

import qrcode
from flask import Response, url_for
from wtforms import Form

from idp.accounts.models import User
from idp.authn.enrol import pending
from idp.authn.enrol.forms import AppForm, SavedForm
from idp.authn.enrol.pending import Enrolment
from idp.authn.enrol.uri import app_uri
from idp.core.http import attachment
from idp.core.settings import settings
from idp.sessions.models import Interaction

_QUIET_ZONE = 4
"""Light modules round a QR code (ISO/IEC 18004 §9.1)."""


def app_values(user: User, waiting: Enrolment, form: Form) -> dict[str, Any]:
    """Return what the page of a new app shows."""
    uri = app_uri(user, str(waiting.seed))
    return {
        "form": form, "uri": uri, "picture": draw(uri), "key": pending.grouped(str(waiting.seed)),
        "issuer_name": settings().brand.name, "account_name": user.email,
    }  # fmt: skip


def codes_values(interaction: Interaction, waiting: Enrolment, form: Form) -> dict[str, Any]:
    """Return what the page of new recovery codes shows."""
    return {
        "form": form, "codes": waiting.codes, "brand_name": settings().brand.name,
        "download_url": url_for("enrol.download", flow=interaction.id),
    }  # fmt: skip


def prove_app(interaction: Interaction, form: AppForm) -> Enrolment:
    """Take the code of the app; raise WrongCode."""
    return pending.prove_app(interaction, form.code.data, form.name.data or "")


def check_saved(interaction: Interaction, form: SavedForm) -> Enrolment:
    """Take the code that was asked back; raise WrongCode, InteractionExpired."""
    waiting = pending.get(interaction)
    pending.check_saved(waiting, form.code.data)
    return waiting


def draw(text: str) -> dict[str, Any]:
    """Draw a QR code: the side of its picture in modules, and the path of the dark ones."""
    code = qrcode.QRCode(border=_QUIET_ZONE, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    matrix = code.get_matrix()
    dark = "".join(
        f"M{column} {row}h1v1h-1z" for row, line in enumerate(matrix) for column, is_dark in enumerate(line) if is_dark
    )
    return {"side": len(matrix), "path": dark}


def as_file(codes: tuple[str, ...]) -> Response:
    """Answer with the codes as a text file."""
    return attachment("\n".join(codes) + "\n", "text/plain", "recovery-codes.txt")
