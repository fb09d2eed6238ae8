"""Apps: found, changed, their secrets made and removed, turned off, deleted."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access.errors import NOT_YOUR_LEVEL
from idp.accounts.http.answers import read_version
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.clients.forms import ClientForm, SecretForm
from idp.admin.clients.kinds import KINDS, READ, SECRETS, VOUCH, WRITE
from idp.admin.clients.snippets import SNIPPETS, snippet
from idp.admin.conflicts import Edit, save_edit
from idp.admin.forms import ConfirmForm
from idp.admin.lists import SIZE, after, before, paged
from idp.admin.routes import act, may, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.models import Client
from idp.clients.types import SECRET_METHODS, TYPES
from idp.core.clock import now
from idp.core.errors import Forbidden
from idp.core.http import render
from idp.core.settings import settings
from idp.oauth.apps.reach import check_may_reach
from idp.operate.managed import is_managed


@page("/clients", READ)
def clients() -> Response:
    rows = service.list_clients(limit=SIZE + 1, after=after(), before=before())
    return render("admin/clients/list.html", page=paged(rows, "id", {}), kinds=KINDS)


@page("/clients/<client_id>", READ)
def client(client_id: str) -> Response:
    return _show(service.get_client(client_id))


@page("/clients/<client_id>/edit", WRITE)
def edit_client(client_id: str) -> Response:
    row = service.get_client(client_id)
    return _edit(row, _filled(row))


@act("/clients/<client_id>/edit", WRITE, Tag.CLIENT_EDITED)
def save_client(client_id: str) -> Response:
    form = ClientForm(request.form)

    def save() -> Response:
        values = _values(form)
        row = service.get_client(client_id)
        _check_may_move(row, values)
        check_may_reach(row.allowed_apis, values["scopes"])
        service.update_client(client_id, values, expected_version=read_version(form.version.data))
        return done(_("The app was saved."), _url(client_id))

    hidden = set() if may(VOUCH) else {"first_party"}
    edit = Edit(lambda: _filled(service.get_client(client_id)), _url(client_id), "clients", Tag.CLIENT_EDITED,
                f"client:{client_id}", hidden)  # fmt: skip
    return save_edit(form, save, lambda status: _edit(service.get_client(client_id), form, status), edit)


@act("/clients/<client_id>/secrets", SECRETS, Tag.CLIENT_SECRET_ADDED, sudo=True)
def add_secret(client_id: str) -> Response:
    form = SecretForm(request.form)
    form.days.data = form.days.data if form.days.data in {"90", "180", "365"} else ""
    expires_at = now() + timedelta(days=int(form.days.data)) if form.days.data else None
    row = service.get_client(client_id)
    check_may_reach(row.allowed_apis, row.scopes)
    _row, value = service.add_secret(client_id, label=form.label.data or "", expires_at=expires_at)
    return _show(row, secret=value)


@act("/clients/<client_id>/secrets/<secret_id>/remove", SECRETS, Tag.CLIENT_SECRET_REMOVED, sudo=True)
def remove_secret(client_id: str, secret_id: str) -> Response:
    service.remove_secret(client_id, secret_id)
    return done(_("The secret does not work any more."), _url(client_id))


@act("/clients/<client_id>/disable", WRITE, Tag.CLIENT_DISABLED)
def disable_client(client_id: str) -> Response:
    service.disable_client(client_id)
    return done(_("The app is turned off; everything it was granted has ended."), _url(client_id))


@act("/clients/<client_id>/enable", WRITE, Tag.CLIENT_ENABLED)
def enable_client(client_id: str) -> Response:
    service.enable_client(client_id)
    return done(_("The app is turned on."), _url(client_id))


@page("/clients/<client_id>/delete", WRITE, sudo=True)
def ask_delete_client(client_id: str) -> Response:
    return _ask_delete(service.get_client(client_id), ConfirmForm())


@act("/clients/<client_id>/delete", WRITE, Tag.CLIENT_DELETED, sudo=True)
def delete_client(client_id: str) -> Response:
    row, form = service.get_client(client_id), ConfirmForm(request.form)

    def delete() -> Response:
        typed(form, row.name)
        service.delete_client(client_id)
        return done(_("The app is deleted."), url_for("admin.clients"))

    return submit(form, delete, lambda status: _ask_delete(service.get_client(client_id), form, status))


def _check_may_move(row: Client, values: dict[str, Any]) -> None:
    """Raise Forbidden when an app that people are not asked about would send them elsewhere."""
    if row.first_party and not may(VOUCH) and set(values["redirect_uris"]) != set(row.redirect_uris):
        raise Forbidden(NOT_YOUR_LEVEL)


def _values(form: ClientForm) -> dict[str, Any]:
    return {
        "name": form.name.data, "redirect_uris": (form.redirect_uris.data or "").split(),
        "post_logout_redirect_uris": (form.post_logout_redirect_uris.data or "").split(),
        "client_uri": form.client_uri.data or None, "scopes": (form.scopes.data or "").split(),
        "allowed_roles": (form.allowed_roles.data or "").replace(",", " ").split(),
        "require_second_step": form.require_second_step.data,
        **({"first_party": form.first_party.data} if may(VOUCH) else {}),
    }  # fmt: skip


def _filled(row: Client) -> ClientForm:
    form = ClientForm(obj=row)
    # A list is typed as lines or words.
    for name, between in {
        "redirect_uris": "\n",
        "post_logout_redirect_uris": "\n",
        "scopes": " ",
        "allowed_roles": " ",
    }.items():
        form[name].data = between.join(getattr(row, name))
    return form


def _edit(row: Client, form: ClientForm, status: int = 200) -> Response:
    if not form.version.data:
        form.version.data = str(row.version)
    kind = TYPES[row.type]
    return render("admin/clients/edit.html", status, form=form, client=row, redirects=kind.redirects,
                  signs_in=bool(kind.scopes), managed=is_managed("client", row.id))  # fmt: skip


def _show(row: Client, *, secret: str | None = None) -> Response:
    """Show an app; a secret that was just made is on this answer only."""
    chosen = request.args.get("snippet") or next(iter(SNIPPETS[row.type]))
    return render(
        "admin/clients/detail.html", client=row, kind_title=KINDS[row.type][0], secret=secret,
        secrets=service.list_secrets(row.id), has_secrets=row.token_endpoint_auth_method in SECRET_METHODS,
        form=SecretForm(), issuer=settings().issuer, snippets=SNIPPETS[row.type], chosen=chosen,
        snippet=snippet(row, chosen), managed=is_managed("client", row.id),
        events=find_events(subject=f"client:{row.id}", limit=5),
    )  # fmt: skip


def _ask_delete(row: Client, form: ConfirmForm, status: int = 200) -> Response:
    lost = [_("People cannot sign in to it any more."), _("Every token it holds stops working."),
            _("Its id is never given again by itself.")]  # fmt: skip
    return confirm(
        form, status, title=_("Delete this app?"), consequences=lost, wanted=row.name, here="clients",
        button=_("Delete the app"), back_url=_url(row.id),
    )  # fmt: skip


def _url(client_id: str) -> str:
    return url_for("admin.client", client_id=client_id)
