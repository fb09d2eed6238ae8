"""The purge of old events: counted, begun, followed."""

from typing import Any

from idp.api.routes import route
from idp.api.schemas.common import Page
from idp.api.schemas.purge import Purge, PurgeAsked, PurgePreview
from idp.audit.tags import Tag
from idp.audit_purge import service

PURGE = "admin.audit.purge"


@route("GET", "/audit/purge", PURGE, "Count what a purge would delete", query=PurgeAsked, answer=PurgePreview)
def preview_purge(query: PurgeAsked) -> Any:
    going = service.preview(query.before)
    return PurgePreview(
        before=query.before, events=going.events, first_at=going.first_at, last_at=going.last_at
    )  # fmt: skip


@route("POST", "/audit/purge", PURGE, "Delete old events for good", body=PurgeAsked, answer=Purge,
       event=Tag.AUDIT_PURGE_STARTED, sudo=True,
       says_more="It is long work: the answer is how it stands. Where the chain is broken nothing goes.")  # fmt: skip
def purge_audit(body: PurgeAsked) -> Any:
    return Purge(**service.as_dict(service.start(body.before)))


@route("GET", "/audit/purges", PURGE, "List the purges of the last 30 days", answer=Page[Purge])
def list_purges() -> Any:
    return Page[Purge](items=[Purge(**service.as_dict(job)) for job in service.list_purges()])
