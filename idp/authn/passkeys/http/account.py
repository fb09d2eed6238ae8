"""The pages of one's own passkeys."""

import json
from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for
from flask_babel import gettext as _

from idp.authn.http.shared import submit
from idp.authn.models import Passkey
from idp.authn.passkeys import ceremony, service
from idp.authn.passkeys.forms import PasskeyForm, RenameForm
from idp.authn.passkeys.stored import list_passkeys
from idp.core.db import transaction
from idp.core.devices import describe_browser
from idp.core.http import flash, render, see_other
from idp.sessions import http as sessions


@dataclass(frozen=True)
class Row:
    """One passkey, in words."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    browser: str | None
    is_synced: bool


def show(form: RenameForm | None = None, status: int = 200) -> Response:
    """List the passkeys of the person."""
    person = sessions.get_person()
    rows = [_row(each) for each in list_passkeys(person.id)]
    accepted = json.dumps(service.accepted(person.id))
    return render("account/passkeys.html", status, passkeys=rows, accepted=accepted, form=form or RenameForm())


def show_new(form: PasskeyForm, status: int = 200) -> Response:
    """Show the button that makes a passkey."""
    person = sessions.get_person()
    options = ceremony.ask_to_add(person, _holder(), list_passkeys(person.id))
    return render("account/passkey_new.html", status, form=form, passkey_options=options)


def add(form: PasskeyForm) -> Response:
    """Keep the passkey that was made."""
    return submit(form, lambda: _add(form), lambda status: show_new(form, status))


def rename(passkey_id: str, form: RenameForm) -> Response:
    """Call a passkey something else."""
    return submit(form, lambda: _rename(passkey_id, form), lambda status: show(form, status))


def remove(passkey_id: str) -> Response:
    """Take a passkey away."""
    with transaction():
        name = service.remove(sessions.get_person().id, passkey_id, keep_session_id=sessions.get_session().id)
        sessions.rotate_current()
    flash("success", _("Passkey “%(name)s” removed.", name=name))
    return see_other(url_for("passkeys.index"))


def _add(form: PasskeyForm) -> Response:
    with transaction():
        name = service.add(sessions.get_person().id, form.code.data, _holder())
        sessions.rotate_current()
    flash("success", _("Passkey “%(name)s” added.", name=name))
    return see_other(url_for("passkeys.index"))


def _rename(passkey_id: str, form: RenameForm) -> Response:
    service.rename(sessions.get_person().id, passkey_id, form.name.data)
    flash("success", _("The passkey is called “%(name)s” now.", name=form.name.data))
    return see_other(url_for("passkeys.index"))


def _holder() -> str:
    return sessions.get_session().id


def _row(passkey: Passkey) -> Row:
    browser = describe_browser(passkey.last_user_agent) if passkey.last_user_agent else None
    return Row(passkey.id, passkey.name, passkey.created_at, passkey.last_used_at, browser, passkey.is_synced)
