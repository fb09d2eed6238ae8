"""What apps a person is connected with, and the end of one connection."""

from typing import Any

from idp.access.guards.level import check_may_act_on
from idp.accounts.service import get_user
from idp.api.routes import route
from idp.api.schemas import running as schemas
from idp.api.schemas.common import Page
from idp.audit.tags import Tag
from idp.oauth.apps.service import ConnectedApp, get_app, list_apps
from idp.oauth.authorize.consents import withdraw_consent


@route("GET", "/users/<user_id>/consents", "admin.users.read", "List the apps a person is connected with",
       answer=Page[schemas.ConnectedApp])  # fmt: skip
def list_consents(user_id: str) -> Any:
    return Page[schemas.ConnectedApp](items=[_told(app) for app in list_apps(get_user(user_id).id)])


@route("DELETE", "/users/<user_id>/consents/<client_id>", "admin.users.write", "Take an app's access to a person away",
       status=204, event=Tag.CONSENT_WITHDRAWN)  # fmt: skip
def withdraw(user_id: str, client_id: str) -> None:
    person = get_user(user_id)
    check_may_act_on(person.id)
    withdraw_consent(person.id, get_app(person.id, client_id).client.id)


def _told(app: ConnectedApp) -> schemas.ConnectedApp:
    return schemas.ConnectedApp(
        client_id=app.client.id, client_name=app.client.name, scopes=app.keys, claims=app.claims,
        allowed_at=app.allowed_at, used_at=app.used_at, offline=app.is_offline,
    )  # fmt: skip
