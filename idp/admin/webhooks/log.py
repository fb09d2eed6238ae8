"""What was sent to a webhook, what failed, and sending it again."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.admin.answers import done
from idp.admin.lists import SIZE, Page, asked
from idp.admin.routes import act, page
from idp.admin.webhooks.views import READ, WRITE
from idp.audit.tags import Tag
from idp.core.http import render
from idp.webhooks import deliveries, service
from idp.webhooks.models import WebhookDelivery

STATES = {"waiting": _l("waiting"), "delivered": _l("delivered"), "failed": _l("failed")}


@page("/webhooks/<name>/deliveries", READ)
def webhook_deliveries(name: str) -> Response:
    row, filters = service.get_endpoint(name), asked("state", "tag")
    found = deliveries.list_deliveries(
        row.id, state=filters.get("state"), tag=filters.get("tag"), before=request.args.get("after", "")[:26],
        limit=SIZE + 1,
    )  # fmt: skip
    return render("admin/webhooks/deliveries.html", webhook=row, page=_paged(name, found, filters), states=STATES)


@act("/webhooks/<name>/deliveries/<message_id>/redeliver", WRITE, Tag.WEBHOOK_REDELIVERED)
def redeliver(name: str, message_id: str) -> Response:
    deliveries.redeliver(name, message_id)
    return done(_("It is sent again."), url_for("admin.webhook_deliveries", name=name))


def _paged(name: str, rows: list[WebhookDelivery], filters: dict[str, str]) -> Page[WebhookDelivery]:
    here = "admin.webhook_deliveries"
    more, shown = len(rows) > SIZE, rows[:SIZE]
    values: dict[str, Any] = {"name": name, **filters}
    return Page(
        shown,
        first_url=url_for(here, **values) if request.args.get("after") else None,
        next_url=url_for(here, after=shown[-1].id, **values) if more else None,
        asked=filters,
    )
