"""The forms of passkeys."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length


class PasskeyForm(Form):
    """What a browser's passkey answered, as JSON."""

    code = HiddenField(
        validators=[InputRequired(_l("The passkey could not confirm that it is you. Try again, or use another way."))]
    )


class RenameForm(Form):
    """What a passkey is called."""

    name = StringField(
        _l("New name"),
        [DataRequired(_l("Enter a name.")), Length(max=60, message=_l("Use at most 60 characters."))],
        filters=[lambda value: " ".join((value or "").split())],
    )
