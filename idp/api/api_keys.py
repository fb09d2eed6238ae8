"""API keys: one's own, and everybody's for who sees settings; made, told once, revoked."""

from datetime import datetime, timedelta
from typing import Any

from idp.access.guards.level import check_may_act_as, check_may_act_on
from idp.access.permissions import ANY
from idp.api.pages import page_of
from idp.api.problems import Problem
from idp.api.routes import route
from idp.api.schemas import running as schemas
from idp.api.schemas.common import Page
from idp.api_keys import service
from idp.api_keys.errors import NO_KEY
from idp.api_keys.models import ApiKey as Row
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.errors import NotFound

SEE_ALL, END_ALL = "admin.settings.read", "admin.settings.write"
"""What it takes to see the keys of others, and to revoke them."""


@route("GET", "/api-keys", ANY, "List API keys", query=schemas.ApiKeyQuery, answer=Page[schemas.ApiKey],
       says_more="One’s own; with `admin.settings.read` everybody’s.")  # fmt: skip
def list_api_keys(query: schemas.ApiKeyQuery) -> Any:
    whose = query.user_id if _may(SEE_ALL) else _own_id()
    if query.user_id not in {None, whose}:
        raise Problem(403, f"This needs the permission {SEE_ALL}.")
    rows = service.list_keys(whose, after=query.after, limit=query.limit + 1)
    return page_of(Page[schemas.ApiKey], query, rows, schemas.ApiKey.model_validate)


@route("POST", "/api-keys", ANY, "Make an API key of one’s own", body=schemas.ApiKeyNew, answer=schemas.ApiKeyCreated,
       status=201, event=Tag.API_KEY_ADDED, sudo=True,
       says_more="Its value is in this answer only. Only a key makes a key: it can do no more than the one that makes "
                 "it, and ends no later: revoked, it takes along what it made.")  # fmt: skip
def create_api_key(body: schemas.ApiKeyNew) -> Any:
    maker = _calling_key()
    check_may_act_as(body.permissions, f"user:{maker.user_id}")
    row, value = service.add_key(
        maker.user_id, label=body.label, permissions=body.permissions, expires_at=_end(body.days, maker),
        made_by=maker.id,
    )  # fmt: skip
    return schemas.ApiKeyCreated(**schemas.ApiKey.model_validate(row).model_dump(), key=value)


@route("DELETE", "/api-keys/<key_id>", ANY, "Revoke an API key", status=204, event=Tag.API_KEY_REVOKED, sudo=True,
       says_more="One’s own; with `admin.settings.write` anybody’s who may do no more.")  # fmt: skip
def revoke_api_key(key_id: str) -> None:
    row = service.get_key(key_id)
    if row.user_id != _own_id():
        if not _may(END_ALL):
            raise NotFound(NO_KEY)
        check_may_act_on(row.user_id)
    # A small key of somebody ends none of theirs that may do more.
    check_may_act_as(set(row.permissions) & service.held_by(row.user_id), f"user:{row.user_id}")
    service.revoke_key(row.id)


def _calling_key() -> Row:
    """Return the key of this call; raise Problem 403 for a token: what came of it would outlive what was allowed."""
    kind, _, key_id = (context().via or "").partition(":")
    if kind != "api_key":
        raise Problem(403, "Only an API key makes API keys.")
    return service.get_key(key_id)


def _end(days: int | None, maker: Row) -> datetime | None:
    wanted = now() + timedelta(days=days) if days else None
    ends = [moment for moment in (wanted, maker.expires_at) if moment is not None]
    return min(ends, default=None)


def _own_id() -> str:
    """Return the person of this call, or nothing for a program in its own name: no key is its own."""
    kind, _, name = context().actor.partition(":")
    return name if kind == "user" else ""


def _may(permission: str) -> bool:
    return permission in (context().permissions or ())
