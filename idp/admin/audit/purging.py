"""The purge of old events: a day is chosen, what goes is counted, the name of the house is typed; and how far it is."""

from datetime import date

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from idp.admin.answers import done, submit, typed
from idp.admin.routes import act, page
from idp.audit.purging import Going
from idp.audit.tags import Tag
from idp.audit_purge import service
from idp.core.errors import DomainError
from idp.core.http import render
from idp.core.settings import settings
from idp.core.typed import read_day

PURGE = "admin.audit.purge"
_REFRESH_SECONDS = 3


class PurgeForm(Form):
    """The first day that stays, and the name of the house."""

    before = StringField(_l("Purge everything before"))
    typed = StringField(_l("Name of this server"), [InputRequired(_l("Type the name."))])


@page("/audit/purge", PURGE, sudo=True)
def ask_purge() -> Response:
    form = PurgeForm(before=request.args.get("before"))
    going = None
    if "before" in request.args:
        try:
            going = _count(form)
        except DomainError as error:
            form.before.errors = [error.public]
    return _show(form, 200, going)


@act("/audit/purge", PURGE, Tag.AUDIT_PURGE_STARTED, sudo=True)
def purge_audit() -> Response:
    form = PurgeForm(request.form)

    def purge() -> Response:
        going = _count(form)
        typed(form, settings().host)
        service.start(_day(form))
        says = _("The worker checks %(num)s events and purges them.", num=going.events)
        return done(says, url_for("admin.ask_purge"))

    return submit(form, purge, lambda status: _show(form, status, _recount(form)))


def _day(form: PurgeForm) -> date:
    day = read_day(form.before.data)
    if day is None:
        raise DomainError(_l("Choose a day."), field="before")
    return day


def _count(form: PurgeForm) -> Going:
    return service.preview(_day(form))


def _recount(form: PurgeForm) -> Going | None:
    try:
        return _count(form)
    except DomainError:
        return None


def _show(form: PurgeForm, status: int, going: Going | None) -> Response:
    goes_on = service.find_open()
    return render(
        "admin/audit/purge.html", status, form=form, going=going, goes_on=goes_on, wanted=settings().host,
        latest=service.latest_day(), purges=[service.as_dict(job) for job in service.list_purges()],
        retention=settings().audit.retention, refresh_after=_REFRESH_SECONDS if goes_on else None,
    )  # fmt: skip
