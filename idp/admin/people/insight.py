"""See as this user: what they may do and why, where they may sign in, what consent would say; only to look at."""

from flask import Response, request
from flask_babel import gettext as _

from idp.access.derived import paths
from idp.accounts import service
from idp.admin.lists import after, before, paged, room
from idp.admin.routes import page
from idp.core.http import render
from idp.oauth.oversight import insight


@page("/users/<user_id>/see", "admin.users.read")
def see_user(user_id: str) -> Response:
    person = service.get_user(user_id)
    rows = insight.entrances(person, after=after(), before=before(), limit=room())
    apps = paged(rows, "client_id", {}, user_id=user_id)
    chosen = request.args.get("client", "")[:200]
    consent = insight.consent_of(person, chosen) if chosen else None
    return render(
        "admin/people/see.html", user=person, paths=paths.paths_of(person.id), page=apps, consent=consent,
        title=_("Seen as %(email)s", email=person.email),
    )  # fmt: skip
