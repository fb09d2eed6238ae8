"""Hand in a file, look at what it would do, start it, take it back; the front of this folder."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from idp.accounts.importing.applying import KIND, MOST_PROBLEMS, dump_rows, load_rows
from idp.accounts.importing.planning import UPDATE, WORDS, Outcome, plan
from idp.accounts.importing.problems import Problem
from idp.accounts.importing.reading import COLUMNS, Row, read_rows
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.csv_text import write_csv
from idp.core.db import transaction
from idp.jobs import service as jobs
from idp.jobs.models import Job

PROBLEM_COLUMNS = ("line", "column", "reason", "fix")


def hand_in(data: bytes, *, invite: bool = False) -> Job:
    """Read a file and keep its rows, sealed, for an hour; nothing is imported yet. Raises UnfitFile."""
    rows = read_rows(data)
    foreseen, problems, moves = _foresee(rows)
    kept = [[one.line, one.column, one.code] for one in problems[:MOST_PROBLEMS]]
    result = {"invite": invite, "moves": moves, "foreseen": foreseen, "problems": kept}
    return jobs.draft(KIND, dump_rows(rows), total=len(rows), result=result)


def dry_run(data: bytes) -> dict[str, Any]:
    """Say what a file would do, as plain data, and keep nothing; raise UnfitFile."""
    rows = read_rows(data)
    foreseen, problems, _moves = _foresee(rows)
    return {"total": len(rows), **foreseen, "problems": [one.as_dict() for one in problems]}


def look(job: Job, *, after: int = 0, limit: int = 50) -> list[Outcome]:
    """Say of some rows of a draft what they would do now."""
    return list(plan(_rows(job)[after : after + limit]))


def all_problems(job: Job) -> Iterator[Problem]:
    """List everything that is wrong: with a draft's rows now, or with those an import could not take."""
    if job.state == jobs.DRAFT:
        for outcome in plan(_rows(job)):
            yield from outcome.problems
        return
    for line, column, code in job.result.get("problems", []):
        yield Problem(line, column, code)


def problems_csv(job: Job) -> str:
    """Write all problems as a file."""
    return write_csv(PROBLEM_COLUMNS, (one.as_dict().values() for one in all_problems(job)))


def template_csv() -> str:
    """Write the file to begin with: all columns, and one person as an example."""
    example = {
        "email": "alice@example.com", "email_verified": "yes", "name": "Alice Baker", "locale": "en",
        "state": "active", "roles": "", "groups": "",
    }  # fmt: skip
    return write_csv(COLUMNS, [[example.get(column) for column in COLUMNS]])


def start(job: Job) -> None:
    """Let a draft be imported, in the name of who says so now; raise NotWaiting."""
    with transaction():
        jobs.start(job, result={**job.result, "problems": [], **dict.fromkeys(WORDS, 0)})
        record(Tag.IMPORT_STARTED, subject=f"import:{job.id}", rows=job.total, **job.result.get("foreseen", {}))


def cancel(job: Job) -> None:
    """Take an import back; who is imported already stays. Raises NotWaiting."""
    with transaction():
        jobs.cancel(job)
        record(Tag.IMPORT_CANCELLED, subject=f"import:{job.id}", rows=job.done)


def get(job_id: str) -> Job:
    """Return an import; raise UnknownJob."""
    return jobs.get(job_id, KIND)


def recent() -> list[Job]:
    """List the newest imports."""
    return jobs.list_jobs(KIND)


def as_dict(job: Job) -> dict[str, Any]:
    """Return an import as plain data."""
    foreseen = job.result.get("foreseen", {})
    counts = {word: job.result.get(word, foreseen.get(word, 0)) for word in WORDS}
    problems = [Problem(*values).as_dict() for values in job.result.get("problems", [])]
    return {
        "id": job.id, "state": job.state, "total": job.total, "done": job.done, **counts, "problems": problems,
    }  # fmt: skip


def _foresee(rows: list[Row]) -> tuple[dict[str, int], list[Problem], bool]:
    """Count what the rows would do, list what is wrong with them, and tell whether an address moves."""
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    moves = False
    for outcome in plan(rows):
        counts[outcome.what] += 1
        problems += outcome.problems
        moves = moves or (outcome.what == UPDATE and "email" in outcome.changes)
    return {word: counts[word] for word in WORDS}, problems, moves


def _rows(job: Job) -> list[Row]:
    payload = jobs.payload_of(job)
    return load_rows(payload) if payload else []
