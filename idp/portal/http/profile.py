"""One's own profile: name, user name, picture, and what else the house lets people edit."""

from flask import Request, Response, url_for
from flask_babel import gettext as _

from idp.accounts import service
from idp.accounts.errors import EditedMeanwhile, UnfitProfile
from idp.accounts.http.answers import read_version, submit
from idp.accounts.profiles import pictures
from idp.core.http import flash, render, see_other
from idp.portal.forms import PROFILE_FIELDS, PictureForm, ProfileForm, editable_fields, profile_form
from idp.sessions import http as sessions


def show(form: ProfileForm | None = None, status: int = 200, picture: PictureForm | None = None) -> Response:
    """Show the profile."""
    user = sessions.get_person()
    form = form or profile_form(obj=user)
    extra = [(form[name], PROFILE_FIELDS[name][1], name) for name in editable_fields()]
    own = pictures.is_own(user.picture)
    return render(
        "account/profile.html", status,
        form=form, extra=extra, picture=picture or PictureForm(), picture_url=user.picture if own else None, user=user,
    )  # fmt: skip


def save(form: ProfileForm) -> Response:
    """Keep the profile; when somebody changed it meanwhile, show what stands before it is overwritten."""
    return submit(form, lambda: _save(form), lambda status: show(form, status))


def upload(incoming: Request) -> Response:
    """Keep an uploaded picture."""
    form, user = PictureForm(), sessions.get_person()
    try:
        file = incoming.files.get("picture")
        pictures.set_picture(user.id, file.read(pictures.LARGEST + 1) if file else b"")
    except UnfitProfile as error:
        form.picture.errors = [error.public]
        return show(None, 422, form)
    flash("success", _("Your picture was saved."))
    return see_other(url_for("portal.profile"))


def remove_picture() -> Response:
    """Take the picture away."""
    pictures.remove_picture(sessions.get_person().id)
    flash("success", _("Your picture was removed."))
    return see_other(url_for("portal.profile"))


def _save(form: ProfileForm) -> Response:
    user = sessions.get_person()
    changes = {name: form[name].data for name in ("name", "username", *editable_fields())}
    try:
        service.edit_user(user.id, expected_version=read_version(form.version.data), actor=f"user:{user.id}", **changes)
    except EditedMeanwhile as error:
        form.form_errors.append(error.public)
        form.version.data = str(service.get_user(user.id).version)
        return show(form, error.status)
    flash("success", _("Your profile was saved."))
    return see_other(url_for("portal.profile"))
