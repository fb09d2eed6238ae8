"""All live sessions of the house, and the end of one."""

from typing import Any

from idp.access.guards.level import check_may_act_on
from idp.accounts import service as accounts
from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import access as schemas
from idp.api.schemas.common import Page
from idp.api.schemas.queries import SessionQuery
from idp.api.schemas.running import Ending
from idp.audit.tags import Tag
from idp.core.db import db
from idp.jobs.errors import UnknownJob
from idp.oauth.oversight import overview
from idp.sessions import ending, service
from idp.sessions.errors import UnknownSession
from idp.sessions.models import Session as Row


@route("GET", "/sessions", "admin.users.read", "List live sessions, the newest first", query=SessionQuery,
       answer=Page[schemas.Session])  # fmt: skip
def list_sessions(query: SessionQuery) -> Any:
    wanted = overview.Wanted(
        user_id=_id_of(query.person), client_id=query.client, risky=query.risk == "yes", after=query.after,
        limit=query.limit + 1,
    )  # fmt: skip
    rows = [session for session, _person in overview.find_sessions(wanted)]
    return page_of(Page[schemas.Session], query, rows, _told)


@route("GET", "/users/<user_id>/sessions", "admin.users.read", "List the live sessions of a person",
       answer=Page[schemas.Session])  # fmt: skip
def list_sessions_of_user(user_id: str) -> Any:
    return Page[schemas.Session](items=[_told(row) for row in service.live_sessions(user_id)])


@route("DELETE", "/sessions/<session_id>", "admin.sessions.revoke", "End a session", status=204,
       event=Tag.SESSION_ENDED)  # fmt: skip
def end_session(session_id: str) -> None:
    row = db.session.get(Row, session_id)
    if row is None:
        raise UnknownSession
    check_may_act_on(row.user_id)
    service.revoke_by_admin(row.user_id, session_id)


@route("POST", "/sessions/end-all", "admin.sessions.revoke", "End every session of the house", answer=Ending,
       event=Tag.SESSIONS_REVOKED, sudo=True,
       says_more="Everybody signs in again. It is long work: the answer is how it stands.")  # fmt: skip
def end_all_sessions() -> Any:
    overview.check_may_end_all()
    return Ending.model_validate(ending.start())


@route("GET", "/sessions/end-all", "admin.sessions.revoke", "Read how far the end of every session has come",
       answer=Ending, may_miss=True, says_more="The newest one, as long as it is known.")  # fmt: skip
def read_end_of_all_sessions() -> Any:
    job = ending.find_newest()
    if job is None:
        raise UnknownJob
    return Ending.model_validate(job)


def _id_of(person: str | None) -> str | None:
    """Return the id of somebody; of nobody one that no session has, for they have none."""
    if person is None:
        return None
    found = accounts.find_user(person) or accounts.find_by_identifier(person)
    return found.id if found else ""


def _told(row: Row) -> schemas.Session:
    return schemas.Session.model_validate(row)
