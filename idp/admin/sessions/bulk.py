"""Several sessions ended at once: chosen in the list, shown once more, ended."""

from flask import Response, request, url_for
from flask_babel import ngettext

from idp.access.guards.level import check_may_act_on
from idp.admin.answers import about, done
from idp.admin.lists import SIZES
from idp.admin.routes import act, preview
from idp.admin.sessions.views import REVOKE, Row, row_of
from idp.audit.tags import Tag
from idp.core.db import transaction
from idp.core.http import render
from idp.oauth.oversight import overview
from idp.sessions import service


@preview("/sessions/bulk", REVOKE)
def review_sessions() -> Response:
    return render("admin/sessions/bulk.html", rows=_chosen())


@act("/sessions/bulk/end", REVOKE, Tag.SESSION_ENDED)
def end_sessions() -> Response:
    rows = _chosen()
    with transaction():
        for user_id, email in {row.user.id: row.user.email for row in rows}.items():
            with about(email):
                check_may_act_on(user_id)
        ended = service.end_some([row.id for row in rows], "revoked_by_admin")
    says = ngettext("%(num)s session has ended.", "%(num)s sessions have ended.", ended)
    return done(says, url_for("admin.sessions"))


def _chosen() -> list[Row]:
    """Return those of the chosen sessions that still go on."""
    ids = [one[:26] for one in dict.fromkeys(request.form.getlist("session"))][: SIZES[-1]]
    return [row_of(session, user) for session, user in overview.sessions_of_ids(ids)]
