"""Help: the keys that act, what each page is for, and what no page can mend."""

from flask import Response

from idp.access.permissions import ANY
from idp.admin.nav import entries
from idp.admin.routes import page
from idp.core.http import render


@page("/help", ANY)
def help_page() -> Response:
    return render("admin/help.html", entries=entries())
