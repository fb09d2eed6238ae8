"""Families of refresh tokens: how often each was rotated, whether one was used twice, and its end."""

from flask import Response, url_for
from flask_babel import gettext as _

from idp.admin.answers import done
from idp.admin.lists import MOST_COUNTED, asked, paged
from idp.admin.routes import act, page
from idp.admin.sessions.views import FILTERS, READ, REVOKE, chosen, wanted
from idp.audit.tags import Tag
from idp.core.http import render
from idp.oauth.oversight import overview


@page("/tokens", READ)
def token_families() -> Response:
    filters = asked(*FILTERS, "state")
    whose = wanted(filters)
    total = overview.count_families(whose, MOST_COUNTED)
    shown = paged(overview.find_families(whose), "id", filters, total=total)
    return render("admin/sessions/families.html", page=shown, **chosen(filters))


@act("/tokens/<grant_id>/revoke", REVOKE, Tag.GRANT_REVOKED)
def revoke_family(grant_id: str) -> Response:
    overview.revoke_family(grant_id)
    return done(_("The tokens were revoked."), url_for("admin.token_families"))
