"""The house itself: version, schema, database, worker; what the doctor finds; the manifest, written and compared."""

from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from wtforms import FileField, Form, TextAreaField

from idp.admin.answers import submit
from idp.admin.routes import may, page, preview
from idp.admin.settings.tabs import MAINTENANCE, list_tabs
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.errors import DomainError
from idp.core.http import attachment, render
from idp.core.http.marks import takes_upload
from idp.manifest.exporting import export
from idp.manifest.planning import BadManifest, make_plan
from idp.manifest.reading import Document, Unreadable
from idp.manifest.showing import as_rows, summary
from idp.operate.about import BACKUP, about
from idp.operate.doctor import service as doctor
from idp.sessions.errors import NotPermitted

READ, WRITE = "admin.settings.read", "admin.settings.write"
_LARGEST = 256 * 1024


class ManifestForm(Form):
    """A manifest, as a file or pasted."""

    file = FileField(_l("File"))
    text = TextAreaField(_l("Or its text"))


@page("/settings/maintenance", READ)
def maintenance() -> Response:
    return _show()


@preview("/settings/maintenance/doctor", READ)
def ask_doctor() -> Response:
    return _show(findings=[finding.as_dict() for finding in doctor.examine()])


@page("/settings/maintenance/manifest", WRITE, sudo=True)
def export_manifest() -> Response:
    _check_may_see_all()
    text = export()
    record(Tag.MANIFEST_EXPORTED)
    return attachment(text, "application/toml", "idp-manifest.toml")


@preview("/settings/maintenance/plan", WRITE, sudo=True)
@takes_upload(_LARGEST)
def plan_manifest() -> Response:
    _check_may_see_all()
    form = ManifestForm(request.form)

    def plan() -> Response:
        try:
            found = make_plan(Document(_text(form)), read_secrets=False)
        except Unreadable as error:
            return _show(422, form=form, problems=[error.problem])
        except BadManifest as error:
            return _show(422, form=form, problems=error.problems)
        return _show(form=form, plan=found, rows=as_rows(found), summary=summary(found))

    return submit(form, plan, lambda status: _show(status, form=form))


def _text(form: ManifestForm) -> str:
    """Return the manifest that was sent; raise DomainError where there is none, or it is no text."""
    file = request.files.get("file")
    sent = file.read(_LARGEST + 1) if file else b""
    if len(sent) > _LARGEST:
        raise DomainError(_l("The file is too large."), field="file")
    try:
        text = sent.decode("utf-8-sig") or (form.text.data or "").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DomainError(_l("This is not text in UTF-8."), field="file") from error
    if not text.strip():
        raise DomainError(_l("Choose a file, or paste its text."), field="text")
    return text


def _check_may_see_all() -> None:
    """Raise NotPermitted for who may not see everything that a manifest holds."""
    for permission in ("admin.clients.read", "admin.roles.read", "admin.webhooks.read"):
        if not may(permission):
            raise NotPermitted(permission)


def _show(status: int = 200, **values: Any) -> Response:
    shown = {"form": ManifestForm(), "findings": None, "plan": None, "problems": [], "rows": [], **values}
    return render(
        "admin/settings/maintenance.html", status, about=about(), backup=BACKUP, tabs=list_tabs(MAINTENANCE), **shown
    )
