"""What apps were told of ended sessions: what arrived, what waits, what was given up, and once more."""

from datetime import timedelta

from flask import Response, url_for
from flask_babel import gettext as _

from idp.admin.answers import done
from idp.admin.lists import MOST_COUNTED, after, asked, before, paged, room
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.http import render
from idp.oauth.logout.backchannel import KIND, send_again
from idp.outbox import service as outbox
from idp.outbox.counting import count_calls, sum_calls

STATES = ("waiting", "delivered", "dead")
_SUMMED = timedelta(days=7)
"""What has arrived is kept no longer."""


@page("/deliveries", "admin.clients.read")
def deliveries() -> Response:
    filters = asked("client", "state")
    state = filters.get("state") if filters.get("state") in STATES else None
    subject = f"client:{filters['client']}" if "client" in filters else None
    rows = outbox.list_calls(
        kind=KIND, subject=subject, outcome=state, older=after(), newer=before(), limit=room()
    )  # fmt: skip
    counted = subject is not None and state is None
    total = count_calls(kind=KIND, subject=str(subject), most=MOST_COUNTED) if counted else None
    return render(
        "admin/deliveries.html", page=paged(rows, "id", filters, total=total), states=STATES,
        sums=sum_calls(KIND, since=now() - _SUMMED),
    )  # fmt: skip


@act("/deliveries/<delivery_id>/retry", "admin.clients.write", Tag.LOGOUT_RETRIED)
def retry_delivery(delivery_id: str) -> Response:
    send_again(delivery_id)
    return done(_("It is sent again now."), url_for("admin.deliveries"))
