"""What was sent to a webhook, what failed, and sending it again."""

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.admin.answers import done
from idp.admin.lists import MOST_COUNTED, after, asked, before, paged, room
from idp.admin.routes import act, page
from idp.admin.webhooks.views import READ, WRITE
from idp.audit.tags import Tag
from idp.core.http import render
from idp.webhooks import deliveries, service

STATES = {"waiting": _l("waiting"), "delivered": _l("delivered"), "failed": _l("failed")}


@page("/webhooks/<name>/deliveries", READ)
def webhook_deliveries(name: str) -> Response:
    row, filters = service.get_endpoint(name), asked("state", "tag")
    found = deliveries.list_deliveries(
        row.id, state=filters.get("state"), tag=filters.get("tag"), older=after(), newer=before(), limit=room()
    )
    total = None if filters else deliveries.count_deliveries(row.id, MOST_COUNTED)
    shown = paged(found, "id", filters, total=total, name=name)
    return render("admin/webhooks/deliveries.html", webhook=row, page=shown, states=STATES)


@act("/webhooks/<name>/deliveries/<message_id>/redeliver", WRITE, Tag.WEBHOOK_REDELIVERED)
def redeliver(name: str, message_id: str) -> Response:
    deliveries.redeliver(name, message_id)
    return done(_("It is sent again."), url_for("admin.webhook_deliveries", name=name))
