"""People written into a file: those a list means, or those ticked in it."""

from typing import Any

from flask import Response, request, stream_with_context

from idp.accounts.importing import exporting
from idp.accounts.listing import Wanted
from idp.admin.lists import asked
from idp.admin.people.bulk import chosen
from idp.admin.people.listing import wanted_of
from idp.admin.people.tabs import FILTERS, READ
from idp.admin.routes import act
from idp.audit.service import record
from idp.audit.tags import Tag

_MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "jsonl": "application/jsonl"}


@act("/users/export", READ, Tag.PEOPLE_EXPORTED, sudo=True)
def export_people() -> Response:
    filters = asked(*FILTERS, posted=True)
    # The names alone: what is searched for may be somebody's address.
    return _download(wanted_of(filters), filters=sorted(filters.keys() - {"sort"}))


@act("/users/bulk/export", READ, Tag.PEOPLE_EXPORTED, sudo=True)
def export_chosen() -> Response:
    ids = tuple(person.id for person in chosen())
    return _download(Wanted(ids=ids), chosen=len(ids))


def _download(wanted: Wanted, **told: Any) -> Response:
    form = request.form.get("format", "csv")
    form = form if form in exporting.FORMATS else "csv"
    record(Tag.PEOPLE_EXPORTED, format=form, **told)
    response = Response(stream_with_context(exporting.export_people(form, wanted)))
    response.headers["Content-Type"] = f"{_MEDIA_TYPES[form]}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="people.{form}"'
    return response
