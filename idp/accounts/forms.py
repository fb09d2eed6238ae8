"""The shape of what people type into the account pages; names of fields are a promise to scripts."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from idp.core.settings import settings

_ADDRESS = [InputRequired(_l("Enter your e-mail address."))]
_NEW_PASSWORD = [InputRequired(_l("Enter a new password."))]


class FlowForm(Form):
    """A form that may be a part of signing in to an app."""

    flow = HiddenField()


class AddressForm(FlowForm):
    """Forgotten password."""

    email = EmailField(_l("E-mail address"), _ADDRESS)


class InvitationForm(Form):
    """Accept an invitation."""

    name = StringField(_l("Full name"), [Length(max=100, message=_l("Use at most 100 characters."))])
    new_password = PasswordField(_l("New password"), _NEW_PASSWORD)
    accept_terms = BooleanField(_l("I accept the terms"))

    def validate_accept_terms(self, field: BooleanField) -> None:
        """Insist on the terms where there are some."""
        if settings().brand.terms_url and not field.data:
            raise ValidationError(_l("Accept the terms to go on."))


class RegisterForm(InvitationForm):
    """Create an account."""

    flow = HiddenField()
    email = EmailField(_l("E-mail address"), _ADDRESS)


class CodeForm(FlowForm):
    """The six digits of a mail."""

    code = StringField(_l("Code from the mail"), [InputRequired(_l("Enter the six digits of the mail."))])


class NewPasswordForm(Form):
    """Choose a new password."""

    new_password = PasswordField(_l("New password"), _NEW_PASSWORD)


class ChangePasswordForm(Form):
    """Change the password while signed in."""

    password = PasswordField(_l("Current password"), [InputRequired(_l("Enter your current password."))])
    new_password = PasswordField(_l("New password"), _NEW_PASSWORD)
    end_others = BooleanField(_l("Sign out my other sessions"), default=True)


class ResendForm(FlowForm):
    """The page that waits for a mail, when another mail is asked for."""

    code = StringField(_l("Code from the mail"))
