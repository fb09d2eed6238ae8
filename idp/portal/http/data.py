"""One's own data: everything as a file, and the end of the account."""

from typing import Any

from flask import Response, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _

from idp.accounts.email.links import UNDELETE, find_link
from idp.accounts.http.answers import message, submit
from idp.accounts.http.cookies import forget_link, link_token
from idp.accounts.lifecycle import deletion
from idp.core.http import attachment, flash, render, see_other
from idp.core.settings import settings
from idp.portal.export import hand_out
from idp.portal.forms import DeletionForm
from idp.sessions import http as sessions


def show(form: DeletionForm | None = None, status: int = 200) -> Response:
    """Say what is held, and what stands in the way of deleting it."""
    return render("account/data.html", status, form=form or DeletionForm(), **_facts())


def download() -> Response:
    """Send everything as a file."""
    return attachment(hand_out(sessions.get_person().id), "application/json", "account.json")


def delete(form: DeletionForm) -> Response:
    """Close the account, when its address was typed and nothing stands in the way."""
    return submit(form, lambda: _delete(form), lambda status: show(form, status))


def show_undelete() -> Response:
    """Show which account the link of the mail would keep."""
    _link, user = find_link(link_token(UNDELETE), UNDELETE)
    return render("auth/undelete.html", account=user)


def undelete() -> Response:
    """Keep the account."""
    deletion.undo(link_token(UNDELETE))
    flash("success", _("Your account stays. Sign in to go on."))
    return forget_link(see_other(url_for("authn.login")), UNDELETE)


def _delete(form: DeletionForm) -> Response:
    user = sessions.get_person()
    if (form.email.data or "").strip().lower() != user.email_normalised:
        form.email.errors = [_("That is not the address of this account.")]
        return show(form, 422)
    if deletion.is_blocked(user.id):
        return show(form, 409)
    deletion.begin(user.id)
    sessions.sign_out("account_deleted")
    text = _("Nobody can use it any more. You have %(time)s to change your mind: the link is in the mail we sent.",
             time=_delay())  # fmt: skip
    return message(_("Your account is closed"), text)


def _facts() -> dict[str, Any]:
    user = sessions.get_person()
    return {"user": user, "is_last_owner": deletion.is_blocked(user.id), "delay": _delay()}


def _delay() -> str:
    return str(format_timedelta(settings().accounts.deletion_delay, granularity="day", threshold=50))
