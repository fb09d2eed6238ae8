"""Count what is sealed with which key, and seal anew what an older one sealed: a few rows a step."""

from collections import Counter
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal_column, select, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.cipher import CipherError, keychain, seal, unseal
from idp.core.db import db, transaction
from idp.core.errors import Conflict
from idp.core.sealed import COLUMNS, SealedColumn
from idp.jobs import service as jobs
from idp.jobs.models import Job
from idp.jobs.service import Kind, Work, register

KIND = "reseal"
_STEP = 100


def count_sealed() -> Counter[int]:
    """Count the values that stay by the number of the key that sealed them."""
    found: Counter[int] = Counter()
    for each in COLUMNS:
        number = func.substr(each.column, literal_column("4"), literal_column("4"))
        query = select(number, func.count()).where(each.column.is_not(None)).group_by(number)
        found.update({int(text): count for text, count in db.session.execute(query).all() if text.isdecimal()})
    return found


def start() -> Job:
    """Let everything be sealed with the newest key; raise Conflict while that is being done."""
    with transaction():
        if find_open() is not None:
            raise Conflict(_l("This is being done already."))
        newest = keychain().newest
        total = sum(count for number, count in count_sealed().items() if number != newest)
        job = jobs.draft(KIND, b"-", total=total, result={"column": 0, "after": "", "failed": 0})
        jobs.start(job)
        record(Tag.KEY_RESEAL_STARTED, newest=newest, values=total)
    return job


def find_open() -> Job | None:
    """Return the job that seals anew just now, or None."""
    return jobs.find_open(KIND)


def run(job: Job) -> dict[str, Any]:
    """Do a job here and now, or wait for the worker that has it; return what came of it."""
    job = jobs.finish(job)
    return {"state": job.state, "sealed": job.done, "failed": job.result["failed"]}


def _step(work: Work) -> bool:
    """Seal the next few of a column, or go on to the next column."""
    at = work.result["column"]
    if at >= len(COLUMNS):
        return False
    each, beside = COLUMNS[at], dict(work.result)
    with transaction():
        rows = _older(each, beside["after"])
        sealed = sum(_reseal(each, key, value) for key, value in rows)
        beside["failed"] += len(rows) - sealed
        beside |= {"after": rows[-1][0]} if len(rows) == _STEP else {"column": at + 1, "after": ""}
        work.advance(cursor=work.cursor + 1, done=work.done + sealed, result=beside)
    return True


def _older(each: SealedColumn, after: str) -> list[tuple[str, str]]:
    """Read the next values that an older key sealed."""
    prefix = f"v1.{keychain().newest:04d}."
    query = select(each.key, each.column).where(each.key > after, each.column.not_like(f"{prefix}%"))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(each.key).limit(_STEP)).all()]


def _reseal(each: SealedColumn, key: str, value: str) -> bool:
    """Seal one value anew, unless somebody changed it meanwhile; tell whether it is sealed with the newest key."""
    place = each.place(key)
    try:
        fresh = seal(unseal(value, bound_to=place), bound_to=place)
    except CipherError:
        return False
    statement = update(each.column.class_).where(each.key == key, each.column == value)
    db.session.execute(statement.values({each.column: fresh}).execution_options(synchronize_session=False))
    return True


def _end(work: Work, state: str) -> None:
    record(Tag.KEY_RESEALED, state=state, values=work.done, failed=work.result["failed"])


register(KIND, Kind(_step, _end))
