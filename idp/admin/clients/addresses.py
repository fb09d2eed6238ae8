"""Redirect addresses looked at while they are typed: what is wrong or odd about each, and nothing is kept."""

from flask import Response, request
from flask_babel import gettext as _

from idp.admin.clients.kinds import KINDS, WRITE
from idp.admin.routes import page
from idp.clients.metadata.hints import Remark, look_at
from idp.clients.metadata.rules import MOST
from idp.clients.types import TYPES
from idp.core.http import render

_REDIRECTED = [kind for kind, shape in TYPES.items() if shape.redirects]


@page("/clients/new/addresses", WRITE)
def look_at_addresses() -> Response:
    typed, kind = request.args.get("redirect_uris", ""), request.args.get("type", "")
    kind = kind if kind in _REDIRECTED else _REDIRECTED[0]
    kinds = {name: KINDS[name][0] for name in _REDIRECTED}
    return render("admin/clients/addresses.html", typed=typed, kind=kind, kinds=kinds, remarks=remarks_on(typed, kind))


def remarks_on(typed: str, kind: str) -> list[Remark]:
    """Return what is wrong or odd about the addresses in a text, one a line, and whether there are too many."""
    addresses = typed.split()
    if len(addresses) <= MOST:
        return look_at(addresses, kind)
    surplus = Remark(addresses[MOST], _("An app has at most %(most)s addresses.", most=MOST), is_fault=True)
    return [surplus, *look_at(addresses[:MOST], kind)]
