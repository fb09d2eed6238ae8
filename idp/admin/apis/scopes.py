"""Every scope: what consent says of it, which claims it brings, who may ask for it and how many grants hold it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from idp.access import apis
from idp.admin.routes import page
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
    clients: list[tuple[str, str]]
    """The id and the name of the first apps that may ask for it."""
    count: int
    grants: int
    api: str | None = None
    url: str | None = None


@page("/scopes", "admin.roles.read")
def scopes() -> Response:
    return render("admin/apis/scopes.html", rows=list(_rows()), newest=usage.NEWEST)


def _rows() -> Iterator[Row]:
    alike, grants = usage.alike_apps(), usage.grants_of_scopes()
    for name, one in STANDARD_SCOPES.items():
        asking = [apps for apps in alike if name in apps.scopes]
        yield Row(name, one.title, tuple(CLAIMS_OF_SCOPE.get(name, ())), *_sum(asking), grants[name])
    for api in apis.list_apis():
        for row in apis.list_permissions(api.id):
            asking = [apps for apps in alike if row.name in apps.scopes and api.identifier in apps.apis]
            url = url_for("admin.permission", api_id=api.id, permission_id=row.id)
            yield Row(row.name, row.title or row.name, (), *_sum(asking), grants[row.name], api.identifier, url)


def _sum(groups: list[usage.Alike]) -> tuple[list[tuple[str, str]], int]:
    first = sorted(app for apps in groups for app in apps.first)[: usage.SHOWN]
    return first, sum(apps.count for apps in groups)
