"""What people agree to, what they can read about it, and how long what is over stays: to read."""

from flask import Response

from idp.admin.routes import page
from idp.admin.settings.tabs import PRIVACY, list_tabs
from idp.core.http import render
from idp.core.retention import list_kept
from idp.core.settings import settings
from idp.i18n.durations import in_words
from idp.operate import jobs as _jobs  # noqa: F401 - what deletes says for how long it keeps


@page("/settings/privacy", "admin.settings.read")
def settings_privacy() -> Response:
    return render(
        "admin/settings/privacy.html", values=settings(), kept=list_kept(), in_words=in_words, tabs=list_tabs(PRIVACY)
    )
