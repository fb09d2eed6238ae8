"""A new app in four steps: what it is, its name and addresses, what it may do, and all of it once more."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from idp.admin.clients import result, review
from idp.admin.clients.addresses import remarks_on
from idp.admin.clients.kinds import KINDS, WRITE
from idp.admin.clients.wizard_form import ACCESS, ADDRESSES, KIND, REVIEW, WizardForm, first_faulty_step, values_of
from idp.admin.clients.wizard_logo import drawn_of, take_up
from idp.admin.once import once
from idp.admin.routes import act, may, page, preview
from idp.audit.tags import Tag
from idp.brand.drawing import Drawn
from idp.clients import logos, service
from idp.clients.models import Client
from idp.clients.types import TYPES
from idp.core.db import transaction
from idp.core.drawing.rasters import LARGEST
from idp.core.http import render, takes_upload
from idp.core.typed import read_number
from idp.oauth.apps.reach import VOUCH, check_may_make
from idp.oauth.scopes import STANDARD_SCOPES

TITLES = {1: _l("What are you building?"), 2: _l("Name and addresses"), 3: _l("Access"), 4: _l("Review")}


@page("/clients/new", WRITE)
def new_client() -> Response:
    return _show(WizardForm(), KIND)


@preview("/clients/new/step", WRITE)
@takes_upload(LARGEST)
def step_client() -> Response:
    form = WizardForm(request.form)
    take_up(form)
    wanted = min(max(read_number(request.form.get("go"), 1) or KIND, KIND), REVIEW)
    if form.logo.errors:
        return _show(form, ADDRESSES, 422)
    # Back asks for nothing; forward is open as far as everything before is right.
    if wanted > (read_number(request.form.get("at"), 1) or KIND):
        form.fill_for_kind()
        if faulty := first_faulty_step(form, wanted - 1):
            return _show(form, faulty, 422)
    return _show(form, wanted)


@act("/clients/new", WRITE, Tag.CLIENT_CREATED)
def create_client() -> Response:
    form = WizardForm(request.form)
    if faulty := first_faulty_step(form, ACCESS):
        return _show(form, faulty, 422)
    values = values_of(form)
    check_may_make(values)
    drawn = drawn_of(form)
    return once(url_for("admin.clients"), lambda: result.show(*_make(values, drawn)))


def _make(values: dict[str, Any], drawn: Drawn | None) -> tuple[Client, str | None]:
    with transaction():
        row, secret = service.create_client(**values)
        if drawn:
            logos.keep_logo(row.id, drawn)
    return row, secret


@page("/clients/<client_id>/duplicate", WRITE)
def duplicate_client(client_id: str) -> Response:
    row = service.get_client(client_id)
    return _show(WizardForm(_typed(row)), 2)


def _typed(row: Client) -> MultiDict[str, str]:
    """Return what one would have typed to make an app like this one."""
    rights = [
        f"{api} {name}" for api in row.allowed_apis for name in row.scopes if name not in STANDARD_SCOPES
    ]  # fmt: skip
    known = {choice[0] for choice in WizardForm().rights.iter_choices()}
    pairs: list[tuple[str, Any]] = [
        ("type", row.type), ("filled_for", row.type), ("copy_of", row.id),
        ("name", _("%(name)s (copy)", name=row.name)[:120]),
        ("redirect_uris", "\n".join(row.redirect_uris)), ("client_uri", row.client_uri or ""),
        ("post_logout_redirect_uris", "\n".join(row.post_logout_redirect_uris)), ("logo_uri", row.logo_uri or ""),
        ("access_lifetime", str(row.access_lifetime or "")),
        *(("scopes", name) for name in row.scopes if name in STANDARD_SCOPES),
        *(("allowed_roles", name) for name in row.allowed_roles), *(("allowed_apis", api) for api in row.allowed_apis),
        *(("rights", right) for right in rights if right in known),
        *([("require_second_step", "y")] if row.require_second_step else []),
    ]  # fmt: skip
    return MultiDict(pairs)


def _show(form: WizardForm, step: int, status: int = 200) -> Response:
    kind = TYPES.get(form.type.data or "")
    values = values_of(form) if step == REVIEW else {}
    is_judged = step == ADDRESSES and not form.redirect_uris.errors
    remarks = remarks_on(form.redirect_uris.data or "", form.type.data or "") if is_judged else []
    return render(
        "admin/clients/wizard.html", status, form=form, step=step, title=TITLES[step], titles=TITLES, kinds=KINDS,
        chosen=kind, kind_name=form.type.data, carried=form.carried(step), values=values, may_vouch=may(VOUCH),
        remarks=remarks,
        sentences=review.sentences(values) if values else [], risks=review.risks(values) if values else [],
    )  # fmt: skip
