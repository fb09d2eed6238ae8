"""What is worked out and not kept: what a person may do and why, who has a permission, what tokens would say."""

from typing import Any

from idp.access import apis
from idp.access.derived import paths
from idp.accounts.service import get_by_name, get_user
from idp.api.pages import page_of
from idp.api.problems import Problem
from idp.api.routes import route
from idp.api.schemas import insight as schemas
from idp.api.schemas.common import Page, PageQuery
from idp.clients.service import get_client
from idp.oauth.errors import Refused
from idp.oauth.tokens.preview import preview_tokens

PEOPLE = "admin.users.read"
_MOST_WAYS = 5000


@route("GET", "/users/<user_id>/permissions", PEOPLE, "List what a person may do, and by which way",
       answer=Page[schemas.PermissionWay],
       says_more="A permission that came by several ways is there once for each.")  # fmt: skip
def list_permissions_of_user(user_id: str) -> Any:
    found = paths.paths_of(get_user(user_id).id, limit=_MOST_WAYS)
    return Page[schemas.PermissionWay](items=[schemas.PermissionWay.model_validate(one) for one in found])


@route("GET", "/apis/<api_id>/permissions/<permission_id>/people", "admin.roles.read", "List who has a permission",
       also=PEOPLE, query=PageQuery, answer=Page[schemas.Able])  # fmt: skip
def list_people_with_permission(api_id: str, permission_id: str, query: PageQuery) -> Any:
    _api, row = apis.get_permission_by_id(api_id, permission_id)
    found = paths.people_with(row.id, after=query.after, limit=query.limit + 1)
    return page_of(Page[schemas.Able], query, found, schemas.Able.model_validate)


@route("GET", "/clients/<client_id>/token-preview", "admin.clients.read", "Work out what tokens would say of a person",
       also=PEOPLE, query=schemas.TokenPreviewQuery, answer=schemas.TokenPreview,
       says_more="Nothing is signed, kept or accepted.")  # fmt: skip
def preview_client_tokens(client_id: str, query: schemas.TokenPreviewQuery) -> Any:
    client, user = get_client(client_id), get_by_name(query.user)
    scopes = client.scopes if query.scope is None else query.scope.split()
    try:
        found = preview_tokens(client.id, user.id, scopes, resource=query.resource or None)
    except Refused as refused:
        says = refused.detail or str(refused.description)
        raise Problem(422, says, errors=[{"field": "scope", "detail": says}]) from refused
    return schemas.TokenPreview.model_validate(found)
