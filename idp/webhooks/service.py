"""Make, find and change the endpoints of webhooks."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.cipher import seal, unseal
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.errors import ChangedMeanwhile
from idp.core.fetch import FetchError, check_address
from idp.core.keyset import page_of
from idp.core.secrets import equal, new_id
from idp.webhooks import errors, switching
from idp.webhooks.errors import Conflict, DomainError, NotFound
from idp.webhooks.models import WebhookEndpoint
from idp.webhooks.selection import clean_events
from idp.webhooks.sending import place_of
from idp.webhooks.signing import key_of, new_secret
from idp.webhooks.wishes import publish_change

OVERLAP = timedelta(hours=24)
"""How long the secret before the newest signs beside it."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}")


def get_endpoint(name: str) -> WebhookEndpoint:
    """Return an endpoint by its name; raise NotFound."""
    fit = bool(_NAME.fullmatch(name))
    row = db.session.execute(select(WebhookEndpoint).where(WebhookEndpoint.name == name)).scalar() if fit else None
    if row is None:
        raise NotFound(errors.NO_WEBHOOK)
    return row


def list_endpoints(*, limit: int = 500, after: str = "", before: str = "") -> list[WebhookEndpoint]:
    """List endpoints by name; with `before`, backwards from there."""
    beside, name = [before or after] if before or after else None, WebhookEndpoint.name
    query = select(WebhookEndpoint)
    page = page_of(query, [name], beside, descending=False, backwards=bool(before), limit=limit)
    return list(db.session.execute(page).scalars())


def create_endpoint(
    name: str, *, url: str, events: list[str], label: str = "", secret: str | None = None
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint; return its row and its secret, which is shown this once. Raises DomainError, Conflict."""
    check_name(name)
    values = clean({"url": url, "events": events, "label": label})
    endpoint_id, value = new_id(), secret or new_secret()
    with transaction() as session:
        row = WebhookEndpoint(id=endpoint_id, name=name, secret=seal_secret(endpoint_id, value), **values)
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(errors.TAKEN, field="name") from error
        _changed(Tag.WEBHOOK_CREATED, name, after=_told(values))
    return row, value


def update_endpoint(name: str, values: dict[str, Any], *, expected_version: int | None = None) -> WebhookEndpoint:
    """Change address, events and label; raise ChangedMeanwhile when somebody else did."""
    cleaned = clean(values)
    with transaction():
        row = _lock(name)
        if expected_version is not None and row.version != expected_version:
            raise ChangedMeanwhile
        before = {field: getattr(row, field) for field in cleaned}
        for field, value in cleaned.items():
            setattr(row, field, value)
        _bump(row)
        _changed(Tag.WEBHOOK_EDITED, name, before=_told(before), after=_told(cleaned))
    return row


def rotate_secret(name: str, *, secret: str | None = None) -> str:
    """Give an endpoint a new secret; the one before signs beside it for `OVERLAP`. Return the new one."""
    value = secret or new_secret()
    with transaction():
        row = _lock(name)
        row.previous_secret, row.previous_until = row.secret, now() + OVERLAP
        row.secret = seal_secret(row.id, value)
        _bump(row)
        _changed(Tag.WEBHOOK_SECRET_ADDED, name, previous_until=row.previous_until)
    return value


def has_secret(name: str, value: str) -> bool:
    """Tell whether a secret is the one that an endpoint signs with now."""
    row = db.session.execute(select(WebhookEndpoint).where(WebhookEndpoint.name == name)).scalar()
    return row is not None and equal(unseal(row.secret, bound_to=place_of(row.id, "secret")).decode(), value)


def disable_endpoint(name: str) -> None:
    """Turn an endpoint off."""
    with transaction():
        row = _lock(name)
        if row.disabled_at is None:
            switching.turn_off(row)


def enable_endpoint(name: str) -> None:
    """Turn an endpoint on."""
    with transaction():
        row = _lock(name)
        if row.disabled_at is not None:
            switching.turn_on(row)


def delete_endpoint(name: str) -> None:
    """Delete an endpoint with the log of its deliveries."""
    with transaction() as session:
        row = _lock(name)
        before = _told({"url": row.url, "events": row.events, "label": row.label})
        session.delete(row)
        session.flush()
        _changed(Tag.WEBHOOK_DELETED, name, before=before)


def send_test(name: str) -> None:
    """Tell one endpoint, and whoever chose such events, that it was tested."""
    with transaction():
        if _lock(name).disabled_at is not None:
            raise Conflict(errors.IS_OFF)
        record(Tag.WEBHOOK_TESTED, subject=f"webhook:{name}")


def check_name(name: str) -> None:
    """Raise DomainError for a name that cannot stand in an address of ours."""
    if not _NAME.fullmatch(name):
        raise DomainError(errors.BAD_NAME, field="name")


def clean(values: dict[str, Any]) -> dict[str, Any]:
    """Return fields as they are kept; raise DomainError for the first that is unfit."""
    rules = {"url": _address, "events": clean_events, "label": _label}
    return {name: rules[name](value) for name, value in values.items()}


def seal_secret(endpoint_id: str, value: str) -> str:
    """Seal a secret to its endpoint; raise DomainError for what is none."""
    key_of(value)
    return seal(value.encode(), bound_to=place_of(endpoint_id, "secret"))


def _address(url: str) -> str:
    url = url.strip()
    try:
        check_address(url)
    except FetchError as error:
        raise DomainError(errors.BAD_ADDRESS, field="url") from error
    if len(url) > 2000:
        raise DomainError(errors.BAD_ADDRESS, field="url")
    return url


def _label(text: str) -> str:
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())[:200]


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Return fields for the trail; what stands behind `?` in an address is often a secret."""
    told = dict(values)
    if "url" in told:
        address, mark, _query = told["url"].partition("?")
        told["url"] = address + (f"{mark}…" if mark else "")
    return told


def _lock(name: str) -> WebhookEndpoint:
    """Return an endpoint that nobody else changes until the transaction ends; raise NotFound."""
    statement = update(WebhookEndpoint).where(WebhookEndpoint.name == name).values(version=WebhookEndpoint.version)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    row = get_endpoint(name)
    db.session.refresh(row)
    return row


def _bump(row: WebhookEndpoint) -> None:
    row.version, row.updated_at = row.version + 1, now()
    db.session.flush()


def _changed(tag: Tag, name: str, **detail: Any) -> None:
    record(tag, subject=f"webhook:{name}", **detail)
    publish_change(name)
