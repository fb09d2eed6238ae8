"""The forms of enrolment."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField
from wtforms.validators import InputRequired, Length


class AppForm(Form):
    """A code of the app that is being set up, and what its owner calls it."""

    code = StringField(_l("Code from the app"), [InputRequired(_l("Enter the six digits that the app shows."))])
    name = StringField(_l("Name of the device"), [Length(max=60, message=_l("Use at most 60 characters."))])


class SavedForm(Form):
    """One of the shown recovery codes, asked back."""

    saved = BooleanField(
        _l("I have saved these codes"), [InputRequired(_l("Save the codes first, then tick the box."))]
    )
    code = StringField(_l("One of your codes"), [InputRequired(_l("Enter one of the codes above."))])
