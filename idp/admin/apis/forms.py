"""The shape of what operators type about APIs."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from idp.admin.forms import SHORT
from idp.core.typed import read_number


class ApiForm(Form):
    """An API; its identifier is chosen once."""

    name = StringField(_l("Name"), SHORT)
    lifetime = StringField(_l("Lifetime of access tokens, in seconds"))
    version = HiddenField()

    def validate_lifetime(self, field: StringField) -> None:
        """Take a number or nothing."""
        if field.data and read_number(field.data.strip()) is None:
            raise ValidationError(_l("Enter a whole number."))

    @property
    def seconds(self) -> int | None:
        """The lifetime, or None for the house's own."""
        return read_number((self.lifetime.data or "").strip())


class NewApiForm(ApiForm):
    """A new API."""

    identifier = StringField(_l("Identifier"), [InputRequired(_l("Enter an address."))])


class PermissionTextForm(Form):
    """What people read of a permission."""

    title = StringField(_l("What consent says"), [Length(max=200, message=_l("Use at most 200 characters."))])
    description = StringField(_l("Description"), [Length(max=1000, message=_l("Use at most 1000 characters."))])
    version = HiddenField()


class PermissionForm(Form):
    """A permission of an API."""

    name = StringField(_l("Permission"), [InputRequired(_l("Enter a name."))])
    title = StringField(_l("What consent says"), SHORT)
