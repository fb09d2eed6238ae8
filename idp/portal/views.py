"""Routes of the pages of one's own account that draw on every room, and of the mailed links that belong to them."""

from flask import Blueprint, Response, abort, make_response, request
from flask_babel import lazy_gettext as _l

from idp.accounts.email.links import NEW_EMAIL, UNDELETE, UNDO_EMAIL
from idp.accounts.errors import DeadLink
from idp.accounts.forms import NewPasswordForm
from idp.accounts.http.answers import dead_link
from idp.accounts.http.cookies import take_out_of_address
from idp.accounts.profiles.pictures import LARGEST, MEDIA_TYPE, find_picture
from idp.core.extensions import limiter
from idp.core.http import anonymous_form, takes_upload
from idp.portal.forms import DeletionForm, EmailForm, PreferencesForm, profile_form
from idp.portal.http import activity as activity_page
from idp.portal.http import data as data_page
from idp.portal.http import email as email_page
from idp.portal.http import overview
from idp.portal.http import password as password_page
from idp.portal.http import preferences as preferences_page
from idp.portal.http import profile as profile_page
from idp.portal.http import sessions as sessions_page
from idp.sessions.guards import fresh, login_required

blueprint = Blueprint("portal", __name__)
blueprint.register_error_handler(DeadLink, dead_link)
_per_address = limiter.limit("60 per minute")


@blueprint.get("/account")
@login_required
def home() -> Response:
    return overview.show()


@blueprint.get("/account/sessions")
@login_required
def sessions() -> Response:
    return sessions_page.show()


@blueprint.get("/account/profile")
@login_required
def profile() -> Response:
    return profile_page.show()


@blueprint.post("/account/profile")
@login_required
def save_profile() -> Response:
    return profile_page.save(profile_form(request.form))


@blueprint.post("/account/picture")
@takes_upload(LARGEST)
@login_required
def upload_picture() -> Response:
    return profile_page.upload(request)


@blueprint.post("/account/picture/remove")
@login_required
def remove_picture() -> Response:
    return profile_page.remove_picture()


@blueprint.get("/pictures/<name>")
def picture(name: str) -> Response:
    data = find_picture(name)
    if data is None:
        abort(404)
    response = make_response(data)
    response.mimetype = MEDIA_TYPE
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/account/email")
@login_required
def email() -> Response:
    return email_page.show()


@blueprint.post("/account/email")
@fresh(_l("To change your e-mail address, confirm it’s you."), _l("Change the address"), "portal.email")
def change_email() -> Response:
    return email_page.ask(EmailForm(request.form))


@blueprint.post("/account/email/cancel")
@login_required
def cancel_email() -> Response:
    return email_page.cancel()


@blueprint.get("/new-email/<token>")
def new_email_link(token: str) -> Response:
    return take_out_of_address(token, NEW_EMAIL, "portal.new_email")


@blueprint.get("/new-email")
def new_email() -> Response:
    return email_page.show_link()


@blueprint.post("/new-email")
@anonymous_form
@_per_address
def new_email_act() -> Response:
    return email_page.confirm()


@blueprint.get("/undo-email/<token>")
def undo_email_link(token: str) -> Response:
    return take_out_of_address(token, UNDO_EMAIL, "portal.undo_email")


@blueprint.get("/undo-email")
def undo_email() -> Response:
    return email_page.show_undo()


@blueprint.post("/undo-email")
@anonymous_form
@_per_address
def undo_email_act() -> Response:
    return email_page.undo()


@blueprint.post("/account/password/choose")
@fresh(_l("To choose a password, confirm it’s you."), _l("Choose a password"), "accounts.password")
def choose_password() -> Response:
    return password_page.choose(NewPasswordForm(request.form))


@blueprint.get("/account/preferences")
@login_required
def preferences() -> Response:
    return preferences_page.show()


@blueprint.post("/account/preferences")
@login_required
def save_preferences() -> Response:
    return preferences_page.save(PreferencesForm(request.form))


@blueprint.get("/account/activity")
@login_required
def activity() -> Response:
    return activity_page.show(request.args)


@blueprint.get("/account/activity.csv")
@login_required
def activity_csv() -> Response:
    return activity_page.download(request.args, "csv")


@blueprint.get("/account/activity.json")
@login_required
def activity_json() -> Response:
    return activity_page.download(request.args, "json")


@blueprint.get("/account/not-me")
@login_required
def not_me() -> Response:
    return activity_page.show_not_me()


@blueprint.post("/account/not-me")
@login_required
def not_me_act() -> Response:
    return activity_page.not_me()


@blueprint.get("/account/data")
@login_required
def data() -> Response:
    return data_page.show()


@blueprint.post("/account/data/download")
@fresh(_l("To download your data, confirm it’s you."), _l("Download everything"), "portal.data")
def download_data() -> Response:
    return data_page.download()


@blueprint.post("/account/data/delete")
@fresh(_l("To delete your account, confirm it’s you."), _l("Delete my account"), "portal.data")
def delete_account() -> Response:
    return data_page.delete(DeletionForm(request.form))


@blueprint.get("/undelete/<token>")
def undelete_link(token: str) -> Response:
    return take_out_of_address(token, UNDELETE, "portal.undelete")


@blueprint.get("/undelete")
def undelete() -> Response:
    return data_page.show_undelete()


@blueprint.post("/undelete")
@anonymous_form
@_per_address
def undelete_act() -> Response:
    return data_page.undelete()
