"""Webhooks: listed, added, changed, their secret made anew, tested, turned off, deleted."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.accounts.http.answers import read_version
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import ConfirmForm
from idp.admin.lists import after, before, paged, room
from idp.admin.once import once
from idp.admin.routes import act, page
from idp.admin.webhooks.forms import NewWebhookForm, WebhookForm
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.http import render
from idp.operate.managed import is_managed
from idp.webhooks import deliveries, service
from idp.webhooks.models import WebhookEndpoint
from idp.webhooks.selection import ALL, AREAS

READ, WRITE = "admin.webhooks.read", "admin.webhooks.write"


@page("/webhooks", READ)
def webhooks() -> Response:
    rows = service.list_endpoints(limit=room(), after=after(), before=before())
    return render("admin/webhooks/list.html", page=paged(rows, "name", {}))


@page("/webhooks/new", WRITE, sudo=True)
def new_webhook() -> Response:
    return _new(NewWebhookForm())


@act("/webhooks/new", WRITE, Tag.WEBHOOK_CREATED, sudo=True)
def create_webhook() -> Response:
    form = NewWebhookForm(request.form)

    def create() -> Response:
        row, secret = service.create_endpoint((form.name.data or "").strip(), **_values(form))
        return _show(row, secret=secret)

    return submit(form, create, lambda status: _new(form, status))


@page("/webhooks/<name>", READ)
def webhook(name: str) -> Response:
    return _show(service.get_endpoint(name))


@page("/webhooks/<name>/edit", WRITE, sudo=True)
def edit_webhook(name: str) -> Response:
    row = service.get_endpoint(name)
    return _edit(row, _filled(row))


@act("/webhooks/<name>/edit", WRITE, Tag.WEBHOOK_EDITED, sudo=True)
def save_webhook(name: str) -> Response:
    form = WebhookForm(request.form)

    def save() -> Response:
        service.update_endpoint(name, _values(form), expected_version=read_version(form.version.data))
        return done(_("The webhook was saved."), _url(name))

    edit = Edit(
        lambda: _filled(service.get_endpoint(name)), _url(name), "webhooks", Tag.WEBHOOK_EDITED, f"webhook:{name}"
    )
    return save_edit(form, save, lambda status: _edit(service.get_endpoint(name), form, status), edit)


@act("/webhooks/<name>/secret", WRITE, Tag.WEBHOOK_SECRET_ADDED, sudo=True)
def rotate_webhook_secret(name: str) -> Response:

    def rotate() -> Response:
        secret = service.rotate_secret(name)
        return _show(service.get_endpoint(name), secret=secret)

    return once(_url(name), rotate)


@act("/webhooks/<name>/test", WRITE, Tag.WEBHOOK_TESTED)
def test_webhook(name: str) -> Response:
    service.send_test(name)
    return done(_("A test is on its way."), _url(name))


@act("/webhooks/<name>/disable", WRITE, Tag.WEBHOOK_DISABLED)
def disable_webhook(name: str) -> Response:
    service.disable_endpoint(name)
    return done(_("The webhook is turned off."), _url(name))


@act("/webhooks/<name>/enable", WRITE, Tag.WEBHOOK_ENABLED)
def enable_webhook(name: str) -> Response:
    service.enable_endpoint(name)
    return done(_("The webhook is turned on."), _url(name))


@page("/webhooks/<name>/delete", WRITE, sudo=True)
def ask_delete_webhook(name: str) -> Response:
    return _ask_delete(service.get_endpoint(name), ConfirmForm())


@act("/webhooks/<name>/delete", WRITE, Tag.WEBHOOK_DELETED, sudo=True)
def delete_webhook(name: str) -> Response:
    form = ConfirmForm(request.form)

    def delete() -> Response:
        typed(form, service.get_endpoint(name).name)
        service.delete_endpoint(name)
        return done(_("The webhook is deleted."), url_for("admin.webhooks"))

    return submit(form, delete, lambda status: _ask_delete(service.get_endpoint(name), form, status))


def _values(form: WebhookForm) -> dict[str, Any]:
    events = (form.events.data or "").replace(",", " ").split()
    return {"label": form.label.data or "", "url": form.url.data or "", "events": events}


def _new(form: NewWebhookForm, status: int = 200) -> Response:
    return render("admin/webhooks/new.html", status, form=form, areas=(ALL, *AREAS))


def _filled(row: WebhookEndpoint) -> WebhookForm:
    form = WebhookForm(obj=row)
    form.events.data = "\n".join(row.events)
    return form


def _edit(row: WebhookEndpoint, form: WebhookForm, status: int = 200) -> Response:
    fill_version(form, row)
    return render("admin/webhooks/edit.html", status, form=form, webhook=row, areas=(ALL, *AREAS),
                  managed=is_managed("webhook", row.name))  # fmt: skip


def _show(row: WebhookEndpoint, *, secret: str | None = None) -> Response:
    """Show a webhook; a secret that was just made is on this answer only."""
    return render(
        "admin/webhooks/detail.html", webhook=row, secret=secret, counts=deliveries.count_states(row.id),
        newest=deliveries.list_deliveries(row.id, limit=5), managed=is_managed("webhook", row.name),
        overlaps=row.previous_until is not None and row.previous_until > now(),
        events=find_events(subject=f"webhook:{row.name}", limit=5),
    )  # fmt: skip


def _ask_delete(row: WebhookEndpoint, form: ConfirmForm, status: int = 200) -> Response:
    lost = [_("Its address is told nothing any more, and what waits is not sent."),
            _("The log of its deliveries goes with it.")]  # fmt: skip
    return confirm(
        form, status, title=_("Delete this webhook?"), consequences=lost, wanted=row.name, here="webhooks",
        button=_("Delete the webhook"), back_url=_url(row.name), managed=is_managed("webhook", row.name),
    )  # fmt: skip


def _url(name: str) -> str:
    return url_for("admin.webhook", name=name)
