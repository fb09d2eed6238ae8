"""What apps were told of ended sessions: what arrived, what waits, what was given up, and once more."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.admin.answers import done
from idp.admin.lists import SIZE, asked, paged
from idp.admin.routes import act, page
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import transaction
from idp.core.errors import NotFound
from idp.core.http import render
from idp.oauth.logout.backchannel import KIND
from idp.outbox import service as outbox

STATES = ("waiting", "delivered", "expired", "dead")


@page("/deliveries", "admin.clients.read")
def deliveries() -> Response:
    filters = asked("client", "state")
    state = filters.get("state") if filters.get("state") in STATES else None
    subject = f"client:{filters['client']}" if "client" in filters else None
    before = request.args.get("after", "")[:26]
    rows = outbox.list_calls(kind=KIND, subject=subject, outcome=state, before=before, limit=SIZE + 1)
    return render("admin/deliveries.html", page=paged(rows, "id", filters), states=STATES)


@act("/deliveries/<delivery_id>/retry", "admin.clients.write", Tag.LOGOUT_RETRIED)
def retry_delivery(delivery_id: str) -> Response:
    with transaction():
        subject = outbox.retry(delivery_id, kind=KIND)
        if subject is None:
            raise NotFound
        record(Tag.LOGOUT_RETRIED, subject=subject, delivery=delivery_id)
    return done(_("It is sent again now."), url_for("admin.deliveries"))
