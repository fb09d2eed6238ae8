"""A signing key of another provider, brought in: what is sent is read once and shown to nobody again."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, Form, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from idp.admin.answers import done, submit
from idp.admin.keys.views import WRITE
from idp.admin.once import once
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.core.errors import DomainError
from idp.core.http import render
from idp.core.http.marks import takes_upload
from idp.core.typed import read_number
from idp.keyring import service
from idp.keyring.errors import BAD_DAYS
from idp.keyring.importing import LARGEST, MOST_DAYS
from idp.keyring.pairs import ALGORITHMS

_NEXT, _VERIFY_ONLY = "next", "verify_only"


class KeyForm(Form):
    """A key, as a file or pasted, and what is to become of it."""

    file = FileField(_l("File"))
    pem = TextAreaField(_l("Or its text"))
    password = PasswordField(_l("Password of the key"), [Length(max=1024)])
    purpose = RadioField(
        _l("What it is for"), [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice(_NEXT, _l("It signs here next: it is published now, and takes its turn as any next key.")),
            SelectChoice(
                _VERIFY_ONLY, _l("It signs nothing here: what it signed elsewhere goes on verifying with our keys.")
            ),
        ],
    )  # fmt: skip
    kid = StringField(_l("Id it had elsewhere"), [Length(max=64)])
    alg = SelectField(
        _l("Algorithm"),
        default="",
        choices=[
            SelectChoice("", _l("the usual one of such a key")),
            *(SelectChoice(name, name) for name in ALGORITHMS),
        ],
    )
    days = StringField(_l("Days it is published"))

    def validate_days(self, field: StringField) -> None:
        """Take a number of days or nothing."""
        if field.data and not 1 <= (read_number(field.data.strip()) or 0) <= MOST_DAYS:
            raise ValidationError(BAD_DAYS)


@page("/keys/import", WRITE, sudo=True)
def ask_import_key() -> Response:
    return _show(KeyForm())


@act("/keys/import", WRITE, Tag.KEY_IMPORTED, sudo=True)
@takes_upload(LARGEST)
def import_key() -> Response:
    form = KeyForm(request.form)

    def bring_in() -> Response:
        row = service.import_key(
            _sent(form), password=form.password.data or None, alg=form.alg.data or None,
            kid=(form.kid.data or "").strip() or None, verify_only=form.purpose.data == _VERIFY_ONLY,
            days=read_number((form.days.data or "").strip()),
        )  # fmt: skip
        return done(_("The key %(kid)s is published.", kid=row.kid), url_for("admin.keys"))

    again = url_for("admin.keys")
    return submit(form, lambda: once(again, bring_in, _("This was done already.")), lambda status: _show(form, status))


def _sent(form: KeyForm) -> bytes:
    """Return the key that was sent; raise DomainError where there is none."""
    file = request.files.get("file")
    sent = file.read(LARGEST + 1) if file else b""
    sent = sent or (form.pem.data or "").encode()
    if len(sent) > LARGEST:
        raise DomainError(_l("The file is too large."), field="file")
    if not sent.strip():
        raise DomainError(_l("Choose a file, or paste its text."), field="pem")
    return sent


def _show(form: KeyForm, status: int = 200) -> Response:
    # Neither the key nor its password goes back to the browser.
    form.pem.data = form.password.data = ""
    return render("admin/keys/import.html", status, form=form)
