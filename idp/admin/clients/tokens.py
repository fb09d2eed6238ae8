"""What tokens of an app would say about a person, claim by claim with its reason; two of them side by side."""

import json

from flask import Response, request
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, StringField

from idp.accounts.errors import UnknownUser
from idp.accounts.service import get_by_name
from idp.admin.clients.kinds import PEOPLE, READ
from idp.admin.clients.tabs import show
from idp.admin.routes import may, page
from idp.clients import service
from idp.oauth.authorize.claims_request import BadClaims, parse_claims
from idp.oauth.errors import Refused
from idp.oauth.tokens.comparing import FIRST, OTHER, SAME, SECOND, compare
from idp.oauth.tokens.preview import Document, Preview, preview_tokens
from idp.sessions.errors import NotPermitted

VERDICTS = {
    SAME: _l("the same"), OTHER: _l("another value"), FIRST: _l("in the first only"), SECOND: _l("in the second only"),
}  # fmt: skip


class PreviewForm(Form):
    """Whose tokens, and which; and beside which others."""

    user = StringField(_l("Person"))
    scope = StringField(_l("Scopes"))
    resource = StringField(_l("For the API"))
    claims = StringField("claims")
    compare_user = StringField(_l("Second person"))
    compare_scope = StringField(_l("Second scopes"))


@page("/clients/<client_id>/tokens", READ)
def preview_client_tokens(client_id: str) -> Response:
    if not may(PEOPLE):
        raise NotPermitted(PEOPLE)
    row = service.get_client(client_id)
    form = PreviewForm(request.args)
    if "scope" not in request.args:
        form.scope.data = " ".join(row.scopes)
    first = _preview(client_id, form, form.user, form.scope) if form.user.data else None
    second = _second(client_id, form) if first else None
    return show(
        "preview_client_tokens", "tokens", row, 422 if form.errors else 200, form=form, preview=first, second=second,
        pairs=compare(first, second) if first and second else {}, verdicts=VERDICTS, same=SAME, as_json=_as_json,
    )  # fmt: skip


def _second(client_id: str, form: PreviewForm) -> Preview | None:
    """Look at the other person, or the other scopes, or both; what is not typed is as in the first."""
    user, scope = (form.compare_user.data or "").strip(), (form.compare_scope.data or "").strip()
    if not user and not scope:
        return None
    return _preview(
        client_id, form, form.compare_user if user else form.user, form.compare_scope if scope else form.scope
    )


def _preview(client_id: str, form: PreviewForm, who: Field, what: Field) -> Preview | None:
    try:
        user = get_by_name((who.data or "").strip()[:254])
        scopes, resource = (what.data or "")[:4000].split(), (form.resource.data or "").strip() or None
        claims = parse_claims(form.claims.data[:4000]) if (form.claims.data or "").strip() else None
        return preview_tokens(client_id, user.id, scopes, resource=resource, claims=claims)
    except UnknownUser as error:
        who.errors = [error.public]
    except Refused as refused:
        what.errors = [refused.detail or refused.error]
    except BadClaims as error:
        form.claims.errors = [str(error)]
    return None


def _as_json(document: Document) -> str:
    return json.dumps(document.claims, ensure_ascii=False, indent=2)
