"""What people allowed an app, and the end of it."""

from dataclasses import dataclass

from flask import Response
from flask_babel import gettext as _

from idp.accounts.models import User
from idp.admin.answers import done
from idp.admin.clients.kinds import PEOPLE
from idp.admin.clients.tabs import show, url_of
from idp.admin.lists import after, before, paged, room
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.clients import service
from idp.oauth.oversight import overview
from idp.oauth.tokens.models import Grant

REVOKE = "admin.sessions.revoke"


@dataclass(frozen=True)
class Row:
    """One grant and whose it is."""

    id: str
    grant: Grant
    user: User


@page("/clients/<client_id>/grants", PEOPLE)
def client_grants(client_id: str) -> Response:
    row = service.get_client(client_id)
    wanted = overview.Wanted(client_id=row.id, after=after(), before=before(), limit=room())
    rows = [Row(grant.id, grant, user) for grant, user in overview.find_grants(wanted)]
    return show("client_grants", "grants", row, page=paged(rows, "id", {}, client_id=row.id))


@act("/clients/<client_id>/grants/<grant_id>/revoke", REVOKE, Tag.GRANT_REVOKED)
def revoke_client_grant(client_id: str, grant_id: str) -> Response:
    overview.revoke_family(grant_id, client_id=client_id)
    return done(_("The tokens were revoked."), url_of("client_grants", client_id))
