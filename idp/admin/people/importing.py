"""Many people from a file: handed in, looked at before anything happens, imported with progress."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, Form

from idp.accounts.importing import service
from idp.accounts.importing.reading import LARGEST_FILE
from idp.admin.answers import done, submit
from idp.admin.routes import act, page, preview
from idp.audit.tags import Tag
from idp.core.http import attachment, render, see_other
from idp.core.http.marks import takes_upload
from idp.core.typed import read_number
from idp.jobs import service as jobs
from idp.jobs.models import Job

WRITE = "admin.users.write"
_SHOWN = 50
_REFRESH_SECONDS = 3


class FileForm(Form):
    """A file of people."""

    file = FileField(_l("File"))
    invite = BooleanField(_l("Mail an invitation to those who come without a password"))


@page("/users/import", WRITE, sudo=True)
def import_people() -> Response:
    return _form(FileForm())


@preview("/users/import", WRITE, sudo=True)
@takes_upload(LARGEST_FILE)
def hand_in_people() -> Response:
    form = FileForm(request.form)

    def hand_in() -> Response:
        file = request.files.get("file")
        job = service.hand_in(file.read(LARGEST_FILE + 1) if file else b"", invite=form.invite.data)
        return see_other(_url(job.id))

    return submit(form, hand_in, lambda status: _form(form, status))


@page("/users/import/template", WRITE)
def import_template() -> Response:
    return attachment(service.template_csv(), "text/csv", "people.csv")


@page("/users/import/<job_id>", WRITE)
def import_job(job_id: str) -> Response:
    job = service.get(job_id)
    data = service.as_dict(job)
    if job.state == jobs.DRAFT:
        after = read_number(request.args.get("after")) or 0
        values: dict[str, Any] = {"rows": service.look(job, after=after, limit=_SHOWN), **_ways(job, after)}
        return render("admin/people/import_preview.html", job=job, data=data, **values)
    goes_on = job.state in jobs.OPEN
    return render(
        "admin/people/import_job.html", job=job, data=data, goes_on=goes_on,
        refresh_after=_REFRESH_SECONDS if goes_on else None,
    )  # fmt: skip


@page("/users/import/<job_id>/errors", WRITE)
def import_errors(job_id: str) -> Response:
    return attachment(service.problems_csv(service.get(job_id)), "text/csv", "errors.csv")


@act("/users/import/<job_id>/start", WRITE, Tag.IMPORT_STARTED, sudo=True)
def start_import(job_id: str) -> Response:
    service.start(service.get(job_id))
    return see_other(_url(job_id))


@act("/users/import/<job_id>/cancel", WRITE, Tag.IMPORT_CANCELLED)
def cancel_import(job_id: str) -> Response:
    service.cancel(service.get(job_id))
    return done(_("The import was taken back. Who is imported already stays."), url_for("admin.users"))


def _form(form: FileForm, status: int = 200) -> Response:
    return render("admin/people/import.html", status, form=form, jobs=service.recent())


def _ways(job: Job, after: int) -> dict[str, str | None]:
    before, further = max(0, after - _SHOWN), after + _SHOWN
    return {
        "previous_url": _url(job.id, after=before) if after else None,
        "next_url": _url(job.id, after=further) if further < job.total else None,
    }


def _url(job_id: str, **values: Any) -> str:
    return url_for("admin.import_job", job_id=job_id, **values)
