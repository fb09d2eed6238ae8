"""Many people at once: handed in, looked at before anything happens, imported by the worker, taken back."""

import json
from typing import Any

from idp.accounts.importing import service
from idp.api.routes import route
from idp.api.schemas import importing as schemas
from idp.api.schemas.common import Page
from idp.audit.tags import Tag
from idp.core.db import db

WRITE = "admin.users.write"


@route("GET", "/imports", WRITE, "List the newest imports", answer=Page[schemas.Import])
def list_imports() -> Any:
    return Page[schemas.Import](items=[schemas.Import(**service.as_dict(job)) for job in service.recent()])


@route("POST", "/imports", WRITE, "Hand people in, and see what would happen", body=schemas.ImportNew,
       answer=schemas.Import, status=201,
       says_more="Nothing is imported before the start; what is never started is forgotten.")  # fmt: skip
def hand_in_import(body: schemas.ImportNew) -> Any:
    # One row a line: the line of a problem is the number of the row.
    text = "\n".join(json.dumps(row) for row in body.rows)
    return schemas.Import(**service.as_dict(service.hand_in(text.encode(), invite=body.invite)))


@route("GET", "/imports/<import_id>", WRITE, "Read how far an import is", answer=schemas.Import)
def read_import(import_id: str) -> Any:
    return schemas.Import(**service.as_dict(service.get(import_id)))


@route("POST", "/imports/<import_id>/start", WRITE, "Start an import", answer=schemas.Import,
       event=Tag.IMPORT_STARTED, sudo=True,
       says_more="The worker does it with no more rights than the key or token of this request.")  # fmt: skip
def start_import(import_id: str) -> Any:
    service.start(service.get(import_id))
    return _again(import_id)


@route("POST", "/imports/<import_id>/cancel", WRITE, "Take an import back", answer=schemas.Import,
       event=Tag.IMPORT_CANCELLED, says_more="Who is imported already stays.")  # fmt: skip
def cancel_import(import_id: str) -> Any:
    service.cancel(service.get(import_id))
    return _again(import_id)


def _again(import_id: str) -> schemas.Import:
    db.session.expire_all()
    return schemas.Import(**service.as_dict(service.get(import_id)))
