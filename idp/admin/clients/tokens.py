"""What tokens of an app would say about a person, claim by claim with its reason."""

import json

from flask import Response, request
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField

from idp.accounts.errors import UnknownUser
from idp.accounts.service import get_by_name
from idp.admin.clients.kinds import PEOPLE, READ
from idp.admin.clients.tabs import show
from idp.admin.routes import may, page
from idp.clients import service
from idp.oauth.errors import Refused
from idp.oauth.tokens.preview import Document, Preview, preview_tokens
from idp.sessions.errors import NotPermitted


class PreviewForm(Form):
    """Whose tokens, and which."""

    user = StringField(_l("Person"))
    scope = StringField(_l("Scopes"))
    resource = StringField(_l("For the API"))


@page("/clients/<client_id>/tokens", READ)
def preview_client_tokens(client_id: str) -> Response:
    if not may(PEOPLE):
        raise NotPermitted(PEOPLE)
    row = service.get_client(client_id)
    form = PreviewForm(request.args)
    if "scope" not in request.args:
        form.scope.data = " ".join(row.scopes)
    found = _preview(client_id, form) if form.user.data else None
    status = 422 if form.errors else 200
    return show("preview_client_tokens", "tokens", row, status, form=form, preview=found, as_json=_as_json)


def _preview(client_id: str, form: PreviewForm) -> Preview | None:
    try:
        user = get_by_name((form.user.data or "").strip()[:254])
        scopes = (form.scope.data or "")[:4000].split()
        return preview_tokens(client_id, user.id, scopes, resource=(form.resource.data or "").strip() or None)
    except UnknownUser as error:
        form.user.errors = [error.public]
    except Refused as refused:
        form.scope.errors = [refused.detail or refused.error]
    return None


def _as_json(document: Document) -> str:
    return json.dumps(document.claims, ensure_ascii=False, indent=2)
