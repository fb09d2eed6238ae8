"""The forms of signing in by mail."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Form, StringField
from wtforms.validators import InputRequired


class AskForm(Form):
    """Where the mail goes."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address."))])


class MailCodeForm(Form):
    """The six digits of the mail."""

    code = StringField(_l("Code from the mail"), [InputRequired(_l("Enter the six digits of the mail."))])
    remember = BooleanField(_l("Keep me signed in on this device"))


class GoOnForm(Form):
    """The button behind the link of the mail."""

    remember = BooleanField(_l("Keep me signed in on this device"))
