"""The forms of the sign-in pages: input shape and its messages."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class LoginForm(Form):
    """Name and password."""

    identifier = StringField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    remember = BooleanField(_l("Keep me signed in on this device"))


class CodeForm(Form):
    """The code of a second step, and which way it was taken."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code."))])
    way = HiddenField()
    trust = BooleanField(_l("Trust this browser"))


class NameForm(Form):
    """The name alone, of somebody who has told none."""

    name = StringField(
        _l("Full name"),
        [InputRequired(_l("Enter your name.")), Length(max=100, message=_l("Use at most 100 characters."))],
    )


class PasswordForm(Form):
    """The password alone, of somebody who is known."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
