"""`Idempotency-Key`: a write that is sent twice happens once, and its answer is given again for a day."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.api.models import ApiAnswer
from idp.api.problems import Problem
from idp.core import cipher
from idp.core.clock import now
from idp.core.db import db, is_postgresql
from idp.core.retention import kept
from idp.core.secrets import digest, equal, keyed_digest

if TYPE_CHECKING:
    from idp.api.auth import Caller

KEPT_FOR = kept(_l("Answers of the Admin API, for who repeats a request"), timedelta(hours=24))


@dataclass(frozen=True)
class Answer:
    """What goes out."""

    status: int
    body: bytes
    headers: dict[str, str]


def once(caller: "Caller", key: str, act: Callable[[], Answer]) -> Answer:
    """Do something once for a key of a caller, in the transaction that is open; the second time tell what came of it.

    Raises Problem 422 when the key stood for another request. What failed is undone with its key, and may be tried
    again. Two at once: the second waits in the database for the first one's end.
    """
    row_id = keyed_digest("idempotency", f"{caller.actor}|{caller.via}|{key}")
    asked = digest("\n".join([request.method, request.path, digest(request.get_data(as_text=False).hex())]))
    db.session.execute(delete(ApiAnswer).where(ApiAnswer.expires_at <= now()))
    if not _take(row_id, caller, asked):
        return _again(row_id, asked)
    answer = act()
    told = json.dumps([answer.status, answer.body.decode(), answer.headers]).encode()
    values = {"status": answer.status, "answer": cipher.seal(told, bound_to=_place(row_id))}
    db.session.execute(update(ApiAnswer).where(ApiAnswer.id == row_id).values(values))
    return answer


def _take(row_id: str, caller: "Caller", asked: str) -> bool:
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    values = {"id": row_id, "user_id": caller.user_id, "request_digest": asked, "expires_at": now() + KEPT_FOR}
    statement = insert(ApiAnswer).values(values).on_conflict_do_nothing().returning(ApiAnswer.id)
    return db.session.execute(statement).first() is not None


def _again(row_id: str, asked: str) -> Answer:
    row = db.session.execute(select(ApiAnswer).where(ApiAnswer.id == row_id)).scalar_one_or_none()
    if row is None or row.answer is None:
        raise Problem(409, "A request with this Idempotency-Key is under way. Try again.", Retry_After="1")
    if not equal(row.request_digest, asked):
        raise Problem(422, "This Idempotency-Key stood for another request.")
    status, body, headers = json.loads(cipher.unseal(row.answer, bound_to=_place(row_id)))
    return Answer(status, body.encode(), {**headers, "Idempotency-Replayed": "true"})


def _place(row_id: str) -> str:
    return f"api_answers:answer:{row_id}"
