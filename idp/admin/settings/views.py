"""Settings by tab: shown with their origin, changed, set back; a test mail to oneself, by the queue or at once."""

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.form import BaseForm

from idp.accounts.email import mails
from idp.accounts.http.answers import read_version
from idp.admin import conflicts
from idp.admin.answers import done
from idp.admin.forms import LogoForm
from idp.admin.routes import act, page
from idp.admin.settings import keeping
from idp.admin.settings.forms import make_form
from idp.admin.settings.tabs import list_tabs, title_of
from idp.audit.tags import Tag
from idp.brand import house
from idp.core.drawing.colours import LEAST, LIGHT_GROUNDS, TINT
from idp.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound
from idp.core.http import render
from idp.i18n.durations import in_words
from idp.operate.managed import managed_names
from idp.sessions import http as sessions
from idp.stored_settings import service
from idp.stored_settings.catalogue import CHOICES, TABS, on_tab
from idp.stored_settings.checks import UnfitSettings, read
from idp.stored_settings.labels import label_of

READ, WRITE = "admin.settings.read", "admin.settings.write"


@page("/settings", READ)
def settings_home() -> Response:
    return _show("general")


@page("/settings/<tab>", READ)
def settings_tab(tab: str) -> Response:
    return _show(tab)


@act("/settings/<tab>", WRITE, Tag.SETTINGS_CHANGED, sudo=True)
def save_settings(tab: str) -> Response:
    def save(form: BaseForm, version: int) -> Response:
        typed = _typed(form, tab)
        keeping.check_agreed(typed, request.form.get(keeping.AGREED, ""))
        changed = service.change(typed, expected_version=version, scope=_names(tab))
        says = ngettext("%(num)s setting was changed.", "%(num)s settings were changed.", len(changed))
        return done(says if changed else _("Nothing was changed."), tab_url(tab))

    return _submit(tab, save)


@act("/settings/<tab>/reset", WRITE, Tag.SETTINGS_CHANGED, sudo=True)
def reset_setting(tab: str) -> Response:
    name = request.form.get("name", "")
    if name not in _names(tab):
        raise NotFound

    def reset(_form: BaseForm, version: int) -> Response:
        keeping.check_agreed_back(name, request.form.get(keeping.AGREED, ""))
        service.reset([name], expected_version=version, scope=_names(tab))
        return done(_("«%(name)s» is as the file or the default has it.", name=label_of(name)), tab_url(tab))

    return _submit(tab, reset, keep=False)


@act("/settings/mail/test", WRITE, Tag.MAIL_TESTED)
def send_test_mail() -> Response:
    person = sessions.get_person()
    mails.try_out(person)
    return done(_("A test mail is on its way to %(address)s.", address=person.email), tab_url("mail"))


def show_tab(tab: str, status: int = 200, **values: Any) -> Response:
    """Show a tab, or it again with what was wrong beside its settings."""
    return _show(tab, None, status, **values)


def tab_url(tab: str) -> str:
    """Return the address of a tab."""
    return url_for("admin.settings_tab", tab=tab)


@act("/settings/mail/try", WRITE, Tag.MAIL_TESTED)
def try_mail_server() -> Response:
    dialogue = mails.try_out_now(sessions.get_person())
    return render("admin/settings/dialogue.html", dialogue=dialogue, tabs=list_tabs("mail"))


def _submit(tab: str, act: Callable[[BaseForm, int], Response], *, keep: bool = True) -> Response:
    """Do what was asked; show the tab again with every problem beside its field."""
    form = _form(tab, keep=keep)
    if conflicts.AGAIN in request.form:
        return _show(tab, form)
    try:
        return act(form, read_version(request.form.get("version")))
    except UnfitSettings as error:
        for name, why in error.problems.items():
            if name in form:
                form[name].errors = [why]
            else:
                form.form_errors.append(f"{name}: {why}")
        return _show(tab, form, 422)
    except (Forbidden, NotFound):
        raise
    except keeping.EventsGo as error:
        form[keeping.NAME].errors = [error.public]
        return _show(tab, form, error.status, agreed=error.value)
    except DomainError as error:
        if keep and isinstance(error, ChangedMeanwhile):
            return conflicts.show(form, _edit(tab))
        form.form_errors.append(error.public)
        form["version"].data = str(service.version_of(_names(tab)))
        return _show(tab, form, error.status)


def _edit(tab: str) -> conflicts.Edit:
    return conflicts.Edit(lambda: _form(tab, keep=False), tab_url(tab), "settings", Tag.SETTINGS_CHANGED)


def _show(tab: str, form: BaseForm | None = None, status: int = 200, *, agreed: str = "", **values: Any) -> Response:
    if tab not in TABS:
        raise NotFound
    lines = service.list_lines(tab)
    only_changed = request.args.get("changed") == "yes"
    return render(
        "admin/settings/tab.html", status, tab=tab, tabs=list_tabs(tab), title=title_of(tab),
        form=form if form is not None else _form(tab, keep=False), only_changed=only_changed, label_of=label_of,
        managed=managed_names("setting"), going=keeping.list_going(tab), in_words=in_words, agreed=agreed,
        **(_look(values) if tab == "general" else {}),
        lines=[line for line in lines if line.is_changed or not only_changed or form is not None],
    )  # fmt: skip


def _look(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the tab shows of logos and accent."""
    forms = {scheme: LogoForm(prefix=f"{scheme}-") for scheme in house.SCHEMES}
    return {"logo_forms": {**forms, **values.get("logo_forms", {})}, "grounds": LIGHT_GROUNDS, "tint": TINT,
            "least": LEAST}  # fmt: skip


def _form(tab: str, *, keep: bool) -> BaseForm:
    if tab not in TABS:
        raise NotFound
    names = _names(tab)
    return make_form(service.list_lines(tab), service.version_of(names), request.form if keep else None)


def _typed(form: BaseForm, tab: str) -> dict[str, object]:
    """Return what the form sent; a field that was not sent stays as it is."""
    return {
        name: read(CHOICES[name], form[name].data or "")
        for name in _names(tab)
        if name in form and name in request.form
    }


def _names(tab: str) -> list[str]:
    if tab not in TABS:
        raise NotFound
    return [choice.name for choice in on_tab(tab)]
