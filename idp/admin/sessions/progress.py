"""How far the end of all sessions has come: sessions ended, apps told."""

from datetime import timedelta

from flask import Response

from idp.admin.routes import page
from idp.admin.sessions.views import REVOKE
from idp.core.clock import now
from idp.core.http import render
from idp.jobs import service as jobs
from idp.oauth.logout.backchannel import KIND
from idp.outbox.counting import count_outcomes
from idp.sessions import ending

_REFRESH_SECONDS = 3
_WATCHED = timedelta(minutes=10)
"""So long the page watches what apps are told once all sessions have ended: who does not answer is asked for hours."""


@page("/sessions/ending", REVOKE)
def sessions_ending() -> Response:
    job = ending.find_newest()
    if job is None:
        return render("admin/sessions/ending.html", job=None, calls=None, goes_on=False, refresh_after=None)
    calls = count_outcomes(KIND, after=job.id)
    is_ending = job.state in jobs.OPEN
    goes_on = is_ending or (calls.waiting > 0 and now() - (job.finished_at or job.created_at) < _WATCHED)
    return render(
        "admin/sessions/ending.html", job=job, calls=calls, goes_on=goes_on,
        refresh_after=_REFRESH_SECONDS if goes_on else None,
    )  # fmt: skip
