"""Forms of more than one page."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, Form, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

SHORT = [Length(max=120, message=_l("Use at most 120 characters."))]
"""The rules of one short line."""


class Boxes(SelectMultipleField):
    """Several of many, each a box to tick."""

    option_widget = CheckboxInput()


class LogoForm(Form):
    """A picture to show as a logo."""

    picture = FileField(_l("Picture"))


class ConfirmForm(Form):
    """The name of a thing, typed before it is gone for good."""

    typed = StringField(_l("Its name"), [InputRequired(_l("Type the name."))])
