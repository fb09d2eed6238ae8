"""The shape of what operators type about API keys."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from idp.access.permissions import PERMISSIONS
from idp.admin.forms import SHORT

DAYS = ("30", "90", "365", "")
"""How long a key works; nothing means for ever."""


class KeyForm(Form):
    """A new key."""

    label = StringField(_l("What is it for?"), [InputRequired(_l("Say what the key is for.")), *SHORT])
    days = SelectField(
        _l("Expires"),
        choices=[SelectChoice("90", _l("in 90 days")), SelectChoice("30", _l("in 30 days")),
                 SelectChoice("365", _l("in a year")), SelectChoice("", _l("never"))],
    )  # fmt: skip
    permissions = SelectMultipleField(
        _l("What it may do"), [InputRequired(_l("Choose at least one permission."))], validate_choice=False
    )

    def __init__(self, held: Iterable[str], *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        mine = set(held)
        self.permissions.choices = [SelectChoice(name, title) for name, title in PERMISSIONS.items() if name in mine]
