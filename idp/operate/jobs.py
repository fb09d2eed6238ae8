"""What the worker does, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from idp.accounts.email import links as account_links
from idp.accounts.lifecycle import deletion
from idp.audit import chain
from idp.audit_files import service as audit_files
from idp.audit_purge import service as audit_purge
from idp.authn import trusted
from idp.authn.passkeys import challenges
from idp.clients import uses
from idp.feed import service as feed
from idp.jobs import service as long_work
from idp.keyring import readers
from idp.keyring import service as keyring
from idp.limits import service as limits
from idp.oauth.device import service as device
from idp.oauth.tokens import sweep as tokens
from idp.operate import heartbeat
from idp.outbox import service as outbox
from idp.rollups import service as rollups
from idp.sessions import sweep as sessions
from idp.webhooks import deliveries as webhooks


@dataclass(frozen=True)
class Job:
    """One kind of work; `run` may be called on several machines at once."""

    name: str
    every: timedelta
    run: Callable[[], object]
    waits: bool = False
    """Whether it waits for others' servers; such jobs have a thread of their own."""


def sweep() -> None:
    """Delete the rows that have expired and can do neither harm nor good any more."""
    for each in (
        account_links.sweep, audit_files.sweep, challenges.sweep, device.sweep, feed.sweep, limits.sweep,
        long_work.sweep, outbox.sweep, readers.sweep, sessions.sweep, tokens.sweep, trusted.sweep, webhooks.sweep,
    ):  # fmt: skip
        each()


JOBS = (
    Job("mail", timedelta(seconds=1), outbox.deliver_due),
    Job("calls", timedelta(seconds=1), outbox.deliver_calls, waits=True),
    Job("jobs", timedelta(seconds=1), long_work.run_due),
    Job("audit", timedelta(seconds=1), chain.seal_events),
    Job("counts", timedelta(seconds=10), rollups.count_events),
    Job("heartbeat", timedelta(seconds=15), heartbeat.beat),
    Job("keys", timedelta(minutes=1), keyring.run_schedule),
    Job("deletions", timedelta(minutes=1), deletion.delete_due),
    Job("uses", timedelta(hours=1), uses.mend),
    Job("retention", timedelta(hours=1), audit_purge.keep_retention),
    Job("sweep", timedelta(minutes=5), sweep),
)
