"""Every scope: what consent says of it, which claims it brings, who may ask for it and how many grants hold it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from idp.access import apis
from idp.admin.routes import page
from idp.clients.uses import SCOPE
from idp.core.http import render
from idp.oauth.oversight import usage
from idp.oauth.scopes import STANDARD_SCOPES
from idp.oauth.tokens.claims import CLAIMS_OF_SCOPE


@dataclass(frozen=True)
class Row:
    """One scope; `api` and `url`, the page of the permission, are None for the standard ones."""

    name: str
    title: Any
    claims: tuple[str, ...]
    users: usage.Users
    """The apps that may ask for it."""
    grants: int
    api: str | None = None
    url: str | None = None


@page("/scopes", "admin.roles.read")
def scopes() -> Response:
    return render("admin/apis/scopes.html", rows=list(_rows()), newest=usage.NEWEST, most=usage.MOST)


def _rows() -> Iterator[Row]:
    grants = usage.grants_of_scopes()
    permissions = [(api, row) for api in apis.list_apis() for row in apis.list_permissions(api.id)]
    of_each = usage.clients_of_each([
        *(((SCOPE, name),) for name in STANDARD_SCOPES),
        *(usage.permission(api.identifier, row.name) for api, row in permissions),
    ])  # fmt: skip
    users = iter(of_each)
    for name, one in STANDARD_SCOPES.items():
        yield Row(name, one.title, tuple(CLAIMS_OF_SCOPE.get(name, ())), next(users), grants[name])
    for api, row in permissions:
        url = url_for("admin.permission", api_id=api.id, permission_id=row.id)
        yield Row(row.name, row.title or row.name, (), next(users), grants[row.name], api.identifier, url)
