"""Families of refresh tokens: what people allowed apps, how often each was rotated, and its end."""

from typing import Any

from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import running as schemas
from idp.api.schemas.common import Page, SignedOut
from idp.audit.tags import Tag
from idp.clients.service import get_client
from idp.oauth.oversight import overview

READ, REVOKE = "admin.users.read", "admin.sessions.revoke"


@route("GET", "/grants", READ, "List families of refresh tokens, the newest first", query=schemas.GrantQuery,
       answer=Page[schemas.Grant])  # fmt: skip
def list_grants(query: schemas.GrantQuery) -> Any:
    wanted = overview.Wanted(
        user_id=query.user_id, client_id=query.client_id, state=query.state or "", after=query.after,
        limit=query.limit + 1,
    )  # fmt: skip
    return page_of(Page[schemas.Grant], query, overview.find_families(wanted), _told)


@route("DELETE", "/grants/<grant_id>", REVOKE, "Revoke a family of tokens", status=204, event=Tag.GRANT_REVOKED)
def revoke_grant(grant_id: str) -> None:
    overview.revoke_family(grant_id)


@route("POST", "/clients/<client_id>/revoke-grants", REVOKE, "End everything an app was granted",
       answer=SignedOut, event=Tag.SESSIONS_REVOKED, sudo=True)  # fmt: skip
def revoke_grants_of_client(client_id: str) -> Any:
    return SignedOut(ended=overview.revoke_all_of_client(get_client(client_id).id))


def _told(family: overview.Family) -> schemas.Grant:
    names = ("id", "user_id", "client_id", "session_id", "scope", "offline", "created_at", "revoked_at",
             "revoked_reason")  # fmt: skip
    return schemas.Grant(
        **{name: getattr(family.grant, name) for name in names}, rotations=family.rotations, used_at=family.used_at,
        live=family.is_live and family.grant.revoked_at is None, reused=family.was_reused,
    )  # fmt: skip
