"""The steps of an import: a few rows in one transaction, together with how far the job has come."""

import json
from collections import Counter
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.access import service as access
from idp.accounts.email import links, mails
from idp.accounts.errors import AlreadyDeleting
from idp.accounts.importing.checking import Person
from idp.accounts.importing.planning import CREATE, ERROR, SKIP, WORDS, Outcome, plan
from idp.accounts.importing.problems import BEING_DELETED, Problem
from idp.accounts.importing.reading import Row
from idp.accounts.models import User
from idp.accounts.service import add_user, find_user, flush_unique, get_user_for_change, is_usable, move_address
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import transaction
from idp.core.errors import DomainError, Forbidden
from idp.core.settings import settings
from idp.jobs.errors import Abandoned
from idp.jobs.service import Kind, Work, register

KIND = "import"
STEP_ROWS = 25
MAILING_STEPS = 1
"""Steps a turn while mails go out, to who is invited or moved: some 25 a second, however fast the house is."""
MOST_PROBLEMS = 500
"""How many problems a job keeps; the counts go on."""
WRITE = "admin.users.write"


def step(work: Work) -> bool:
    """Import the next few rows; tell whether there are more."""
    _check_actor(work.actor)
    rows: list[Row] = work.kept or load_rows(work.payload)
    work.kept = rows
    cursor = work.cursor
    batch = rows[cursor : cursor + STEP_ROWS]
    with transaction():
        outcomes = [_apply(outcome, work) for outcome in plan(batch)]
        _record_refused(outcomes, work)
        result = _tally(work.result, outcomes)
        work.advance(cursor=cursor + len(batch), done=cursor + len(batch), result=result)
    return cursor + len(batch) < len(rows) and bool(batch)


def end(work: Work, state: str) -> None:
    """Write down what came of a whole import."""
    counts = {word: work.result.get(word, 0) for word in WORDS}
    record(Tag.IMPORT_FINISHED, subject=f"import:{work.id}", state=state, rows=work.done, **counts)


def dump_rows(rows: list[Row]) -> bytes:
    """Write rows for the job's payload."""
    return json.dumps([[row.line, row.values, row.twice] for row in rows], ensure_ascii=False).encode()


def load_rows(payload: bytes) -> list[Row]:
    """Read the rows of a payload."""
    return [Row(*values) for values in json.loads(payload)]


def _tally(before: dict[str, Any], outcomes: list[Outcome]) -> dict[str, Any]:
    counts = Counter(outcome.what for outcome in outcomes)
    problems = [[one.line, one.column, one.code] for outcome in outcomes for one in outcome.problems]
    kept = [*before.get("problems", []), *problems][:MOST_PROBLEMS]
    return {**before, **{word: before.get(word, 0) + counts[word] for word in WORDS}, "problems": kept}


def _apply(outcome: Outcome, work: Work) -> Outcome:
    """Write one row, or, when a rule refuses it, nothing of it; the others are not touched by that."""
    if outcome.person is None or outcome.what in {SKIP, ERROR}:
        return outcome
    try:
        with transaction() as session, session.begin_nested():
            if outcome.what == CREATE:
                _create(outcome.person, work)
            else:
                _update(outcome, work)
    except DomainError as error:
        problem = Problem(outcome.line, error.field or "", _code_of(error))
        return Outcome(outcome.line, outcome.email, ERROR, problems=(problem,))
    return outcome


def _code_of(error: DomainError) -> str:
    """Name what came up only now: a deletion that began since the plan, or a role that nobody gives to themselves."""
    if isinstance(error, AlreadyDeleting):
        return BEING_DELETED
    # Recorded with the others of its step: the event that the rule wrote is undone with the row.
    return "not_your_level" if isinstance(error, Forbidden) else "refused"


def _create(person: Person, work: Work) -> None:
    invited = bool(work.result.get("invite")) and person.password_hash is None
    state = person.state or ("invited" if invited else "active")
    user = add_user(
        person.email, password_hash=person.password_hash, verified=bool(person.verified),
        external_id=person.external_id, state="invited" if invited and state != "disabled" else state, **person.values,
    )  # fmt: skip
    user.disabled_at = now() if user.state == "disabled" else None
    _give(user, person)
    if user.state == "invited" and invited:
        user.invited_by = work.actor.removeprefix("user:") if work.actor.startswith("user:") else None
        mails.invitation(user, links.issue_link(user, links.INVITE, settings().accounts.invite_lifetime))
    _record(user, work, "created", invited=invited or None)


def _update(outcome: Outcome, work: Work) -> None:
    person, user = outcome.person, get_user_for_change(outcome.user_id or "")
    if person is None:
        return
    if user.state == "deleting":
        raise AlreadyDeleting
    for name, value in person.values.items():
        setattr(user, name, value)
    user.external_id = person.external_id or user.external_id
    if "email" in outcome.changes:
        move_address(user, person.email)
    if person.verified and not user.email_verified:
        user.email_verified_at = now()
    user.version += 1
    flush_unique()
    _give(user, person)
    _record(user, work, "updated", fields=sorted(outcome.changes))


def _give(user: User, person: Person) -> None:
    """Give what is missing; an import takes nothing away."""
    for role in person.roles:
        access.grant_role(user.id, role)
    for group in person.groups:
        access.add_member(group, user.id)


def _record_refused(outcomes: list[Outcome], work: Work) -> None:
    """Write down once a step that somebody tried to give, or to change, what is above them."""
    lines = [one.line for outcome in outcomes for one in outcome.problems if one.code == "not_your_level"]
    if lines:
        record(Tag.ROLE_REFUSED, subject=f"import:{work.id}", wanted=["import"], lines=sorted(set(lines)))


def _record(user: User, work: Work, way: str, **detail: Any) -> None:
    record(Tag.ACCOUNT_IMPORTED, subject=f"user:{user.id}", way=way, batch=work.id, **detail)


def _check_actor(actor: str) -> None:
    """Raise Abandoned when who started this may not do it any more."""
    kind, _, user_id = actor.partition(":")
    if kind == "user" and not (is_usable(find_user(user_id)) and access.can(user_id, WRITE)):
        raise Abandoned(_l("Who started this may not do it any more."))


def _steps_a_turn(work: Work) -> int | None:
    return MAILING_STEPS if work.result.get("invite") or work.result.get("moves") else None


register(KIND, Kind(step, end, _steps_a_turn))
