"""APIs: the audiences of access tokens, and what each lets people and programs do."""

from typing import Any

from sqlalchemy import select

from idp.access import apis
from idp.access.errors import NO_API, NO_PERMISSION, NotFound
from idp.access.models import Api as Row
from idp.access.models import Permission
from idp.api.pages import page_of, rows_of
from idp.api.routes import route
from idp.api.schemas import access as schemas
from idp.api.schemas.common import Page, PageQuery
from idp.api.versions import count_up, get_row, hold
from idp.audit.tags import Tag

READ, WRITE = "admin.roles.read", "admin.roles.write"


@route("GET", "/apis", READ, "List APIs", query=PageQuery, answer=Page[schemas.Api])
def list_apis(query: PageQuery) -> Any:
    rows = rows_of(select(Row), Row.id, query)
    return page_of(Page[schemas.Api], query, rows, schemas.Api.model_validate)


@route("POST", "/apis", WRITE, "Make an API", body=schemas.ApiNew, answer=schemas.Api, status=201,
       event=Tag.API_CREATED)  # fmt: skip
def create_api(body: schemas.ApiNew) -> Any:
    row = apis.create_api(body.identifier, name=body.name, access_token_lifetime=body.access_token_lifetime)
    return schemas.Api.model_validate(row)


@route("GET", "/apis/<api_id>", READ, "Read an API and its permissions", answer=schemas.ApiDetail)
def read_api(api_id: str) -> Any:
    row = get_row(Row, api_id, NO_API)
    held = [schemas.Permission.model_validate(item) for item in apis.list_permissions(row.id)]
    return schemas.ApiDetail(**schemas.Api.model_validate(row).model_dump(), permissions=held)


@route("PATCH", "/apis/<api_id>", WRITE, "Change an API", body=schemas.ApiChanges, answer=schemas.Api,
       event=Tag.API_EDITED, versioned=True)  # fmt: skip
def edit_api(api_id: str, body: schemas.ApiChanges) -> Any:
    row = hold(Row, api_id, NO_API)
    values = body.model_dump(exclude_unset=True)
    is_default = "access_token_lifetime" in values and values["access_token_lifetime"] is None
    apis.edit_api(row.identifier, **values, default_lifetime=is_default)
    count_up(row)
    return schemas.Api.model_validate(row)


@route("DELETE", "/apis/<api_id>", WRITE, "Delete an API", status=204, event=Tag.API_DELETED, sudo=True,
       versioned=True)  # fmt: skip
def delete_api(api_id: str) -> None:
    apis.delete_api(hold(Row, api_id, NO_API).identifier)


@route("POST", "/apis/<api_id>/permissions", WRITE, "Add a permission to an API", body=schemas.PermissionNew,
       answer=schemas.Permission, status=201, event=Tag.PERMISSION_CREATED)  # fmt: skip
def add_permission(api_id: str, body: schemas.PermissionNew) -> Any:
    row = get_row(Row, api_id, NO_API)
    return schemas.Permission.model_validate(apis.add_permission(row.identifier, **body.model_dump()))


@route("GET", "/apis/<api_id>/permissions/<permission_id>", READ, "Read a permission of an API",
       answer=schemas.Permission)  # fmt: skip
def read_permission(api_id: str, permission_id: str) -> Any:
    _api, row = apis.get_permission_by_id(api_id, permission_id)
    return schemas.Permission.model_validate(row)


@route("PATCH", "/apis/<api_id>/permissions/<permission_id>", WRITE, "Change what people read of a permission",
       body=schemas.PermissionChanges, answer=schemas.Permission, event=Tag.PERMISSION_EDITED,
       versioned=True)  # fmt: skip
def edit_permission(api_id: str, permission_id: str, body: schemas.PermissionChanges) -> Any:
    row, name = _named(api_id, permission_id)
    hold(Permission, permission_id, NO_PERMISSION)
    return schemas.Permission.model_validate(apis.edit_permission(row.identifier, name, **body.model_dump()))


@route("DELETE", "/apis/<api_id>/permissions/<permission_id>", WRITE, "Remove a permission from an API", status=204,
       event=Tag.PERMISSION_DELETED, sudo=True)  # fmt: skip
def remove_permission(api_id: str, permission_id: str) -> None:
    row, name = _named(api_id, permission_id)
    apis.remove_permission(row.identifier, name)


def _named(api_id: str, permission_id: str) -> tuple[Row, str]:
    """Return an API and the name of one of its permissions; raise NotFound for one of another API."""
    row, permission = get_row(Row, api_id, NO_API), get_row(Permission, permission_id, NO_PERMISSION)
    if permission.api_id != row.id:
        raise NotFound(NO_PERMISSION)
    return row, permission.name
