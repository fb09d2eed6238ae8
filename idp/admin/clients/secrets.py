"""How an app proves itself: its secrets made and removed, its public keys shown and changed."""

from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from wtforms import Form

from idp.accounts.http.answers import read_version
from idp.admin.answers import confirm, done, submit
from idp.admin.audit.names import named_by
from idp.admin.clients.forms import KeysForm, SecretForm, read_keys, write_keys
from idp.admin.clients.kinds import READ, SECRETS, WRITE
from idp.admin.clients.tabs import show, url_of
from idp.admin.conflicts import Edit, save_edit
from idp.admin.once import once
from idp.admin.routes import act, page, preview
from idp.audit.tags import Tag
from idp.clients import keys, service
from idp.clients.errors import NO_CLIENT_KEYS, InvalidMetadata
from idp.clients.models import Client
from idp.clients.secrets.rotation import lost_with_secret, older_secrets
from idp.clients.types import KEYS, SECRET_METHODS
from idp.core.clock import now
from idp.core.fetch import FetchError
from idp.oauth.apps import notices
from idp.oauth.apps.reach import check_may_change


@page("/clients/<client_id>/secrets", READ)
def client_secrets(client_id: str) -> Response:
    return _show(service.get_client(client_id))


@act("/clients/<client_id>/secrets", SECRETS, Tag.CLIENT_SECRET_ADDED, sudo=True)
def add_secret(client_id: str) -> Response:
    form = SecretForm(request.form)
    form.days.data = form.days.data if form.days.data in {"90", "180", "365"} else ""
    expires_at = now() + timedelta(days=int(form.days.data)) if form.days.data else None
    row = service.get_client(client_id)
    check_may_change(row)

    def add() -> Response:
        _row, value = service.add_secret(client_id, label=form.label.data or "", expires_at=expires_at)
        return _show(row, secret=value)

    return once(url_of("client_secrets", client_id), add)


@page("/clients/<client_id>/secrets/<secret_id>/remove", SECRETS, sudo=True)
def ask_remove_secret(client_id: str, secret_id: str) -> Response:
    return _ask_remove(client_id, secret_id, Form())


@act("/clients/<client_id>/secrets/<secret_id>/remove", SECRETS, Tag.CLIENT_SECRET_REMOVED, sudo=True)
def remove_secret(client_id: str, secret_id: str) -> Response:
    form = Form(request.form)

    def remove() -> Response:
        check_may_change(service.get_client(client_id))
        service.remove_secret(client_id, secret_id)
        return done(_("The secret does not work any more."), url_of("client_secrets", client_id))

    return submit(form, remove, lambda status: _ask_remove(client_id, secret_id, form, status))


@act("/clients/<client_id>/keys", SECRETS, Tag.CLIENT_EDITED, sudo=True)
def save_keys(client_id: str) -> Response:
    row, form = service.get_client(client_id), KeysForm(request.form)

    def save() -> Response:
        if row.token_endpoint_auth_method != KEYS:
            raise InvalidMetadata("jwks", NO_CLIENT_KEYS)
        values = {"jwks_uri": (form.jwks_uri.data or "").strip() or None, "jwks": read_keys(form.jwks.data or "")}
        check_may_change(row, values)
        service.update_client(client_id, values, expected_version=read_version(form.version.data))
        return done(_("The keys were saved."), url_of("client_secrets", client_id))

    edit = Edit(lambda: _filled(service.get_client(client_id)), url_of("client_secrets", client_id), "clients",
                Tag.CLIENT_EDITED, f"client:{client_id}")  # fmt: skip
    return save_edit(form, save, lambda status: _show(service.get_client(client_id), status, keys_form=form), edit)


@preview("/clients/<client_id>/keys/fetch", SECRETS)
def fetch_client_keys(client_id: str) -> Response:
    """Ask the address of an app's keys now, and show what it answers; nothing is kept."""
    address = service.get_client(client_id).jwks_uri or ""
    try:
        found = keys.fetch_keys(address)
    except FetchError as error:
        return _show(service.get_client(client_id), 422, fault=error.reason)
    return _show(service.get_client(client_id), fetched=found)


@act("/clients/<client_id>/require-pkce", WRITE, Tag.CLIENT_EDITED)
def require_pkce(client_id: str) -> Response:
    values = {"require_pkce": True}
    check_may_change(service.get_client(client_id), values)
    service.update_client(client_id, values)
    return done(_("PKCE is required from now on."), url_of("client_secrets", client_id))


def _ask_remove(client_id: str, secret_id: str, form: Form, status: int = 200) -> Response:
    row = service.get_secret(client_id, secret_id)
    return confirm(
        form, status, title=_("Remove the secret …%(hint)s?", hint=row.hint), consequences=lost_with_secret(row),
        here="clients", wanted=None, button=_("Remove"), back_url=url_of("client_secrets", client_id),
    )  # fmt: skip


def _show(row: Client, status: int = 200, *, secret: str | None = None, keys_form: KeysForm | None = None,
          fetched: list[dict[str, Any]] | None = None, fault: str | None = None) -> Response:  # fmt: skip
    """Show how an app proves itself; a secret that was just made is on this answer only."""
    own = fetched if fetched is not None else (row.jwks or {}).get("keys", [])
    secrets = service.list_secrets(row.id)
    return show(
        "client_secrets", "secrets", row, status, secret=secret, secrets=secrets, form=keys_form or SecretForm(),
        secret_form=SecretForm(), has_secrets=row.token_endpoint_auth_method in SECRET_METHODS,
        has_keys=row.token_endpoint_auth_method == KEYS, keys_form=keys_form or _filled(row),
        keys=[(jwk, keys.thumbprint(jwk)) for jwk in own], was_fetched=fetched is not None, fault=fault,
        older=older_secrets(secrets), unasked_pkce=notices.unasked_pkce(row),
        names=named_by(one.created_by for one in secrets),
    )  # fmt: skip


def _filled(row: Client) -> KeysForm:
    return KeysForm(data={"jwks_uri": row.jwks_uri or "", "jwks": write_keys(row.jwks), "version": str(row.version)})
