"""The doctor's questions about settings, database, keys, files and the worker."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from idp.core.clock import now
from idp.core.configuration.sources import config_path
from idp.core.configuration.view import all_settings
from idp.core.db import db, is_postgresql
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey, State
from idp.operate import heartbeat, schema
from idp.operate.doctor.finding import Finding, broken, look, well
from idp.operate.serving import preflight
from idp.outbox import service as outbox
from idp.webhooks import service as endpoints

_SILENT_AFTER = timedelta(minutes=2)
_BACKLOG = 500


def config() -> Iterator[Finding]:
    """Say where the settings come from."""
    path = config_path()
    variables = sum(setting.variable in os.environ for setting in all_settings())
    yield well("config", f"{path or 'no file'}, {variables} values from the environment")


def mode() -> Iterator[Finding]:
    """Name what is development's and must not reach production."""
    values = settings()
    if not values.development:
        yield well("mode", "production")
        return
    leftovers = list(preflight.production_problems(values))
    yield look(
        "mode", "development" + (f"; {leftovers[0]}" if leftovers else ""),
        why="Demo passwords, an open outbox and helpful errors are for one machine only.",
        fix="Unset IDP_MODE (or --dev) and start with an empty database.", doc="docs/tutorial/3-go-live.md",
    )  # fmt: skip


def database() -> Iterator[Finding]:
    """Ask for the engine and the schema."""
    state = schema.find_state()
    if not state.is_current:
        yield broken(
            "database", f"{engine()}, {state.describe()}",
            why="The server refuses to start on another schema than its own.", fix="Run: idp db upgrade",
        )  # fmt: skip
        return
    yield well("database", f"{engine()}, {state.describe()}")
    if not is_postgresql() and not settings().development:
        yield look(
            "database", "SQLite in production",
            why="It holds on one machine. Several servers need PostgreSQL.",
            fix="Set IDP_DATABASE__URL=postgresql://…", doc="docs/how-to/postgres.md",
        )  # fmt: skip


def keys() -> Iterator[Finding]:
    """Ask whether a key signs, how old it is, and whether the next one waits in time."""
    rows = keyring.list_keys()
    active = [key for key in rows if key.state == State.ACTIVE]
    if not active:
        yield broken(
            "keys", "no active signing key", why="Nobody can sign in to an app.", fix="Run: idp init",
            doc="docs/how-to/rotate-keys.md",
        )  # fmt: skip
        return
    waiting = {key.alg for key in rows if key.state == State.NEXT}
    for key in active:
        yield _judge(key, has_next=key.alg in waiting)


def _judge(key: SigningKey, *, has_next: bool) -> Finding:
    age, policy = now() - (key.activated_at or key.created_at), settings().keys
    summary = f"{key.kid[:8]}… signs {key.alg}, {age.days} days old"
    if age > policy.rotate_every or (age > policy.rotate_every - policy.publish_ahead and not has_next):
        return look(
            "keys", f"{summary}, {'next one waits' if has_next else 'no next key'}",
            why="The worker publishes the next key in time; it has not.", fix=f"Run: idp key next --alg {key.alg}",
            doc="docs/how-to/rotate-keys.md",
        )  # fmt: skip
    return well("keys", summary)


def files() -> Iterator[Finding]:
    """Look for secrets that others on this machine can read."""
    values = settings()
    candidates = [*values.keys_dir.glob("kek-*.key"), values.state_dir / "idp.db", config_path()]
    candidates += [Path(os.environ[name]) for name in os.environ if name.startswith("IDP_") and name.endswith("_FILE")]
    present = [path for path in candidates if path and path.is_file()]
    readable = [str(path) for path in present if path.stat().st_mode & stat.S_IROTH]
    if readable:
        yield look(
            "files", f"others on this machine can read {', '.join(readable)}",
            why="They hold keys, addresses with passwords, or people's data.",
            fix=f"Run: chmod o= {' '.join(readable)}",
        )  # fmt: skip
    else:
        yield well("files", f"{len(present)} with secrets, none readable by others")


def worker() -> Iterator[Finding]:
    """Ask when a worker was last at work."""
    seen = heartbeat.find_last()
    if seen is not None and now() - seen < _SILENT_AFTER:
        yield well("worker", f"seen {int((now() - seen).total_seconds())} s ago")
        return
    found = "none is at work" if seen is None else f"last seen {seen:%Y-%m-%d %H:%M} UTC"
    yield look(
        "worker", found, why="Without it no mail goes out, no key is rotated, nothing expired is deleted.",
        fix="Run `idp serve` without --no-worker, or `idp worker` beside it.",
    )  # fmt: skip


def deliveries() -> Iterator[Finding]:
    """Count what waits to be delivered and what was given up."""
    counts = outbox.counts()
    found = f"{counts['waiting']} waiting, {counts['dead']} given up"
    if counts["dead"] or counts["waiting"] > _BACKLOG:
        yield look(
            "deliveries", found, why="Somebody waits for a mail.", fix="See the log for `idp.outbox`.",
            doc="docs/how-to/mail.md",
        )  # fmt: skip
    else:
        yield well("deliveries", found)


def webhooks() -> Iterator[Finding]:
    """Name the webhooks that were turned off because their address refused, and those that fail now."""
    rows = endpoints.list_endpoints()
    given_up = [row.name for row in rows if row.disabled_reason in {"gone", "failing"}]
    failing = [row.name for row in rows if row.failing_since and not row.disabled_at]
    if given_up or failing:
        words = [*(f"{name} was turned off" for name in given_up), *(f"{name} fails" for name in failing)]
        yield look(
            "webhooks", ", ".join(words), why="Somebody is not told of what happens here.",
            fix="See its deliveries, put the address right, then: idp webhook enable NAME",
            doc="docs/how-to/webhooks.md",
        )  # fmt: skip
    else:
        yield well("webhooks", f"{len(rows)}, none fails" if rows else "none")


def engine() -> str:
    """Name the database's engine and its version."""
    if is_postgresql():
        version = db.session.execute(text("SHOW server_version")).scalar_one()
        return f"PostgreSQL {str(version).split()[0]}"
    return f"SQLite {db.session.execute(select(text('sqlite_version()'))).scalar_one()}"
