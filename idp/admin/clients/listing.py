"""The list of apps."""

from flask import Response

from idp.admin.clients.kinds import FILTERS, KINDS, READ
from idp.admin.lists import MOST_COUNTED, after, asked, before, paged, room
from idp.admin.routes import page
from idp.clients import listing
from idp.core.http import render


@page("/clients", READ)
def clients() -> Response:
    filters = asked(*FILTERS)
    wanted = listing.Wanted(
        search=filters.get("search", ""), type=filters.get("type", ""), state=filters.get("state", ""),
        unused=filters.get("unused") == "yes", after=after(), before=before(), limit=room(),
    )  # fmt: skip
    lines = listing.describe(listing.find_clients(wanted))
    shown = paged(lines, "id", filters, total=listing.count_clients(wanted, MOST_COUNTED))
    return render("admin/clients/list.html", page=shown, kinds=KINDS)
