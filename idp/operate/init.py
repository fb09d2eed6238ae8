"""`idp init`: schema, first key-encryption key, first signing key, built-in roles; and demo data when asked."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from idp.access import service as access
from idp.core import cipher
from idp.core.cipher import CipherError
from idp.core.configuration.view import mask
from idp.core.db import db
from idp.core.settings import Settings, settings
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey
from idp.operate import schema
from idp.operate.demonstration import seed
from idp.operate.serving import development
from idp.operate.serving.first_run import done


class RefusedInit(RuntimeError):
    """Preparing would do harm; the message says why."""


@dataclass(frozen=True)
class Step:
    """One thing that was made."""

    what: str
    details: str
    seconds: float

    def line(self) -> str:
        """Write it as a line."""
        return done(self.what, self.details, seconds=self.seconds if self.seconds >= 0.1 else None)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def prepare(*, demo: bool = False) -> list[Step]:
    """Make what is missing and return what was made; raise RefusedInit rather than make a second key silently."""
    config = settings()
    if demo and not config.development:
        raise RefusedInit("demo data belongs to development mode only. Set IDP_MODE=development")
    config.state_dir.mkdir(parents=True, exist_ok=True)
    steps: list[tuple[str, Callable[[Settings], str]]] = [
        ("Database", _schema),
        ("Key-encryption key", _encryption_key),
        ("Roles", _roles),
        ("Signing key", _signing_key),
    ]
    if demo:
        steps.append(("Demo data", _demo))
    return list(_run(steps, config))


def renew_roles() -> None:
    """Give a house that is set up the permissions that a new version brings, and the built-in roles theirs."""
    if access.find_api(access.own_api()) is not None:
        access.create_built_ins()


def _run(steps: list[tuple[str, Callable[[Settings], str]]], config: Settings) -> Iterator[Step]:
    for what, make in steps:
        began = time.monotonic()
        try:
            details = make(config)
        except CipherError as error:
            raise RefusedInit(str(error)) from error
        if details:
            yield Step(what, details, time.monotonic() - began)


def _schema(config: Settings) -> str:
    is_new = schema.find_state().current is None
    count = schema.upgrade()
    if is_new and config.database_url.startswith("sqlite:///"):
        Path(config.database_url.removeprefix("sqlite:///")).chmod(0o600)
    noun = "migration" if count == 1 else "migrations"
    return f"{_short_address(config)}  {'created, ' if is_new else ''}{count} {noun}" if count else ""


def _encryption_key(config: Settings) -> str:
    known = db.session.execute(select(func.count()).select_from(SigningKey)).scalar_one()
    if known and not any(config.keys_dir.glob("kek-*.key")):
        raise RefusedInit(
            f"the database holds sealed keys, but {config.keys_dir} has no key-encryption key. "
            "Restore kek-0001.key from your backup: a new one could not open them"
        )
    if not cipher.create_first_key(config.keys_dir):
        cipher.keychain()
        return ""
    if config.development:
        development.mark_keys(config.keys_dir)
    return f"{config.keys_dir / 'kek-0001.key'}  keep a copy of it apart from the database"


def _roles(_config: Settings) -> str:
    access.create_built_ins()
    return ""


def _signing_key(_config: Settings) -> str:
    key = keyring.initialise()
    if key is None:
        keyring.active_kid()  # opens the active key: raises when another key-encryption key sealed it
        return ""
    return f"{key.alg}  kid {key.kid[:8]}…  created"


def _demo(_config: Settings) -> str:
    if seed.exists():
        return ""
    known = seed.create()
    return f"{len(known.people)} people, {len(seed.CLIENT_IDS)} apps, 1 API, 1 role"


def _short_address(config: Settings) -> str:
    path = f"sqlite:///{config.state_dir / 'idp.db'}"
    return str(mask("database.url", config.database.url)) or path
