"""Forms of more than one page."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

SHORT = [Length(max=120, message=_l("Use at most 120 characters."))]
"""The rules of one short line."""


class ConfirmForm(Form):
    """The name of a thing, typed before it is gone for good."""

    typed = StringField(_l("Its name"), [InputRequired(_l("Type the name."))])
