"""One's own address: changed after a confirmation where it is read, undone where the old one is read."""

from flask import Response, url_for
from flask_babel import gettext as _

from idp.accounts.email import email_change
from idp.accounts.email.links import NEW_EMAIL, UNDO_EMAIL
from idp.accounts.http.answers import locked, submit
from idp.accounts.http.cookies import forget_link, link_token
from idp.core.http import flash, render, see_other
from idp.portal.forms import EmailForm
from idp.sessions import http as sessions


def show(form: EmailForm | None = None, status: int = 200) -> Response:
    """Show the address, and the one that waits for its confirmation."""
    user = sessions.get_person()
    pending = email_change.find_pending(user.id)
    return render("account/email.html", status, form=form or EmailForm(), user=user, pending=pending)


def ask(form: EmailForm) -> Response:
    """Mail the new address."""
    return submit(form, lambda: _ask(form), lambda status: show(form, status))


def cancel() -> Response:
    """Forget the change that waits."""
    email_change.cancel(sessions.get_person().id)
    flash("success", _("Your address stays as it is."))
    return see_other(url_for("portal.email"))


def show_link() -> Response:
    """Show what the link in the new mailbox would do."""
    user, new_email = email_change.find(link_token(NEW_EMAIL))
    return render("auth/new_email.html", account=user, new_email=new_email)


def confirm() -> Response:
    """Change the address; everybody signs in again."""
    email_change.confirm(link_token(NEW_EMAIL))
    sessions.sign_out("credentials_changed")
    flash("success", _("Your e-mail address was changed. Sign in to go on."))
    return forget_link(see_other(url_for("authn.login")), NEW_EMAIL)


def show_undo() -> Response:
    """Show what the link in the old mailbox would bring back."""
    return render("auth/undo_email.html", old_email=email_change.find_undo(link_token(UNDO_EMAIL)))


def undo() -> Response:
    """Bring the old address back, and lock the account until its password is another."""
    email_change.undo(link_token(UNDO_EMAIL))
    return forget_link(locked(_("Your old address is back")), UNDO_EMAIL)


def _ask(form: EmailForm) -> Response:
    email_change.ask(sessions.get_person().id, form.email.data)
    flash("success", _("We sent a link to the new address. Your address changes when you open it."))
    return see_other(url_for("portal.email"))
