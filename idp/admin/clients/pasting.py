"""A new app from its metadata (RFC 7591), pasted as JSON or fetched from an address: read, reviewed and made.

No address in it is asked.
"""

import json

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from idp.admin.clients import result, review
from idp.admin.clients.kinds import KINDS, WRITE
from idp.admin.once import once
from idp.admin.routes import act, page, preview
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.errors import MetadataNotFetched
from idp.clients.metadata import fetched
from idp.clients.metadata.pasted import Pasted, read_pasted
from idp.core.http import render
from idp.oauth.apps.reach import check_may_make


class MetadataForm(Form):
    """What is pasted, or where it is, and how it is read."""

    url = StringField(_l("Address of the metadata"))
    metadata = TextAreaField(_l("Metadata"))
    type = SelectField(
        _l("Kind"),
        choices=[SelectChoice("", _l("as the metadata says")),
                 *(SelectChoice(kind, words[0]) for kind, words in KINDS.items())],
    )  # fmt: skip
    leave_out = BooleanField(_l("Leave out what this server does not know"))


@page("/clients/new/metadata", WRITE)
def new_client_from_metadata() -> Response:
    return _ask(MetadataForm())


@preview("/clients/new/metadata/review", WRITE)
def review_metadata() -> Response:
    form = MetadataForm(request.form)
    if "back" in request.form:
        return _ask(form)
    found = _read(form)
    return _ask(form, found) if found.faults else _review(form, found)


@preview("/clients/new/metadata/fetch", WRITE)
def fetch_metadata() -> Response:
    """Ask the address that was typed, and go on as if the answer was pasted."""
    form = MetadataForm(request.form)
    try:
        form.metadata.data = fetched.fetch_metadata(form.url.data or "")
    except MetadataNotFetched as error:
        form.url.errors = [error.public]
        return _ask(form, status=error.status)
    found = _read(form)
    return _ask(form, found) if found.faults else _review(form, found)


@act("/clients/new/metadata", WRITE, Tag.CLIENT_CREATED)
def create_client_from_metadata() -> Response:
    form = MetadataForm(request.form)
    found = _read(form)
    if found.faults:
        return _ask(form, found)
    check_may_make(found.values)
    return once(url_for("admin.clients"), lambda: result.show(*service.create_client(**found.values)))


def _read(form: MetadataForm) -> Pasted:
    return read_pasted(form.metadata.data or "", kind=form.type.data or "", leave_out=bool(form.leave_out.data))


def _ask(form: MetadataForm, found: Pasted | None = None, status: int = 200) -> Response:
    faults = found.faults if found else []
    if faults:
        form.metadata.errors = [_("It cannot be taken as it is: see what is named.")]
    return render(
        "admin/clients/metadata.html", 422 if faults else status, form=form, faults=faults,
        has_unknown=any(fault.is_unknown for fault in faults) or bool(form.leave_out.data),
    )  # fmt: skip


def _review(form: MetadataForm, found: Pasted) -> Response:
    values = found.values
    return render(
        "admin/clients/metadata_review.html", form=form, values=values, kind_title=KINDS[values["type"]][0],
        left_out=found.left_out, sentences=review.sentences(values), risks=review.risks(values),
        kept=json.dumps(values["metadata_"], ensure_ascii=False, indent=2) if values["metadata_"] else "",
    )  # fmt: skip
