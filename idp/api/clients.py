"""Apps: found, added, changed, their secrets made and removed, turned off and on, deleted."""

from datetime import timedelta
from typing import Any

from idp.api.auth import check_fresh
from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import common as schemas
from idp.api.schemas.queries import ClientQuery
from idp.api.schemas.secrets import Secret, SecretCreated, SecretNew
from idp.api.versions import hold
from idp.audit.tags import Tag
from idp.brand.store import full_address_of
from idp.clients import service
from idp.clients.errors import NO_CLIENT
from idp.clients.listing import Wanted, find_clients
from idp.clients.metadata.registration import EDITABLE, put_away
from idp.clients.models import Client as Row
from idp.core.clock import now
from idp.core.db import db
from idp.oauth.apps.reach import changes_proof, check_may_change, check_may_make

READ, WRITE, SECRETS = "admin.clients.read", "admin.clients.write", "admin.clients.secrets"


@route("GET", "/clients", READ, "List apps", query=ClientQuery, answer=schemas.Page[schemas.Client])
def list_clients(query: ClientQuery) -> Any:
    wanted = Wanted(
        search=query.search, type=query.type or "", state=query.state or "", unused=query.unused == "yes",
        after=query.after, limit=query.limit + 1,
    )  # fmt: skip
    return page_of(schemas.Page[schemas.Client], query, find_clients(wanted), _told)


@route("POST", "/clients", WRITE, "Add an app", body=schemas.ClientNew, answer=schemas.ClientCreated, status=201,
       event=Tag.CLIENT_CREATED, says_more="Its secret, where it has one, is in this answer only.")  # fmt: skip
def create_client(body: schemas.ClientNew) -> Any:
    values = put_away(body.model_dump(exclude_none=True), {})
    check_may_make(values)
    row, secret = service.create_client(**values)
    return schemas.ClientCreated.model_validate({**_plain(row), "client_secret": secret})


@route("GET", "/clients/<client_id>", READ, "Read an app", answer=schemas.Client)
def read_client(client_id: str) -> Any:
    return _told(service.get_client(client_id))


@route("PATCH", "/clients/<client_id>", WRITE, "Change an app", body=schemas.ClientChanges, answer=schemas.Client,
       event=Tag.CLIENT_EDITED, versioned=True,
       says_more="Other keys, or another way to prove itself, take a fresh sign-in.")  # fmt: skip
def edit_client(client_id: str, body: schemas.ClientChanges) -> Any:
    row = hold(Row, client_id, NO_CLIENT)
    values = put_away(body.model_dump(exclude_unset=True), row.metadata_)
    check_may_change(row, values)
    if changes_proof(row, values):
        check_fresh()
    return _told(service.update_client(row.id, values))


@route("DELETE", "/clients/<client_id>", WRITE, "Delete an app", status=204, event=Tag.CLIENT_DELETED, sudo=True,
       versioned=True)  # fmt: skip
def delete_client(client_id: str) -> None:
    row = hold(Row, client_id, NO_CLIENT)
    check_may_change(row)
    service.delete_client(row.id)


@route("POST", "/clients/<client_id>/disable", WRITE, "Turn an app off", answer=schemas.Client,
       event=Tag.CLIENT_DISABLED)  # fmt: skip
def disable_client(client_id: str) -> Any:
    service.disable_client(changeable(client_id).id)
    return _again(client_id)


@route("POST", "/clients/<client_id>/enable", WRITE, "Turn an app on", answer=schemas.Client, event=Tag.CLIENT_ENABLED)
def enable_client(client_id: str) -> Any:
    service.enable_client(changeable(client_id).id)
    return _again(client_id)


@route("GET", "/clients/<client_id>/secrets", READ, "List the secrets of an app", answer=schemas.Page[Secret])
def list_secrets(client_id: str) -> Any:
    rows = service.list_secrets(service.get_client(client_id).id)
    return schemas.Page[Secret](items=[Secret.model_validate(row) for row in rows])


@route("POST", "/clients/<client_id>/secrets", SECRETS, "Add a secret to an app", body=SecretNew,
       answer=SecretCreated, status=201, event=Tag.CLIENT_SECRET_ADDED, sudo=True,
       says_more="Its value is in this answer only; the older secrets go on working.")  # fmt: skip
def add_secret(client_id: str, body: SecretNew) -> Any:
    expires_at = now() + timedelta(days=body.days) if body.days else None
    row, value = service.add_secret(changeable(client_id).id, label=body.label, expires_at=expires_at)
    told = Secret.model_validate(row).model_dump()
    return SecretCreated.model_validate({**told, "client_secret": value})


@route("DELETE", "/clients/<client_id>/secrets/<secret_id>", SECRETS, "Remove a secret of an app", status=204,
       event=Tag.CLIENT_SECRET_REMOVED, sudo=True)  # fmt: skip
def remove_secret(client_id: str, secret_id: str) -> None:
    service.remove_secret(changeable(client_id).id, secret_id)


def changeable(client_id: str) -> Row:
    """Return an app that the caller may change: none that may do more at our own API than they."""
    row = service.get_client(client_id)
    check_may_change(row)
    return row


def _again(client_id: str) -> schemas.Client:
    db.session.expire_all()
    return _told(service.get_client(client_id))


def _told(row: Row) -> schemas.Client:
    return schemas.Client.model_validate(_plain(row))


def _plain(row: Row) -> dict[str, Any]:
    names = schemas.Client.model_fields.keys() - {"enabled", *EDITABLE}
    # What was not registered is as the specifications begin: no contacts, and no session is asked for.
    kept: dict[str, Any] = {**dict.fromkeys(EDITABLE), "contacts": [], "backchannel_logout_session_required": False}
    kept |= {name: row.metadata_[name] for name in EDITABLE if name in row.metadata_}
    kept["logo"] = full_address_of(row.logo) if row.logo else None
    return {**{name: getattr(row, name) for name in names}, **kept, "enabled": row.disabled_at is None}
