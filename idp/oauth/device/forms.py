"""The form of a device's code."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import InputRequired


class UserCodeForm(Form):
    """The code that a device shows."""

    user_code = StringField(
        _l("Code shown on your device"), [InputRequired(_l("Enter the code that the device shows."))]
    )
