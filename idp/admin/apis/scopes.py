"""Every scope: what consent says of it, which claims it brings, who may ask for it and who gave it."""

from dataclasses import dataclass
from typing import Any

from flask import Response

from idp.access import service as access
from idp.admin.routes import page
from idp.clients.models import Client
from idp.core.http import render
from idp.oauth import usage
from idp.oauth.scopes import STANDARD_SCOPES
from idp.oauth.tokens.claims import CLAIMS_OF_SCOPE


@dataclass(frozen=True)
class Row:
    """One scope; `api` is None for the standard ones."""

    name: str
    title: Any
    api: str | None
    claims: tuple[str, ...]
    clients: list[Client]
    grants: int


@page("/scopes", "admin.roles.read")
def scopes() -> Response:
    clients = usage.clients_of_scopes()
    known: list[tuple[str, Any, str | None]] = [(one.name, one.title, None) for one in STANDARD_SCOPES.values()]
    known += [(one.name, one.title or one.name, api.identifier) for api in access.apis() for one in api.permissions]
    rows = [
        Row(name, title, api, tuple(CLAIMS_OF_SCOPE.get(name, ())) if api is None else (), clients.get(name, []),
            usage.count_grants_of_scope(name))
        for name, title, api in known
    ]  # fmt: skip
    return render("admin/apis/scopes.html", rows=rows, most=usage.MOST)
