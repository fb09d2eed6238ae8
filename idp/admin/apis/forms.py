"""The shape of what operators type about APIs."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from idp.access.models import Permission
from idp.access.names import ICONS
from idp.admin.forms import SHORT
from idp.core.typed import read_number
from idp.i18n.service import LANGUAGES


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


ICON_WORDS = {
    "key": _l("Key"), "eye": _l("Eye"), "pencil-square": _l("Pencil"), "trash": _l("Bin"),
    "document-text": _l("Document"), "folder": _l("Folder"), "photo": _l("Picture"), "calendar-days": _l("Calendar"),
    "chat-bubble-left-right": _l("Speech bubbles"), "credit-card": _l("Card"), "chart-bar": _l("Chart"),
    "cog-6-tooth": _l("Cog"), "bell": _l("Bell"), "globe-alt": _l("Globe"), "user-group": _l("People"),
    "shopping-cart": _l("Cart"),
}  # fmt: skip
"""What people call the icons."""


def _icon_field() -> SelectField:
    return SelectField(_l("Icon"), choices=[SelectChoice(name, ICON_WORDS[name]) for name in ICONS], default=ICONS[0])


_TITLE = [Length(max=200, message=_l("Use at most 200 characters."))]


class PermissionTextForm(Form):
    """What people read of a permission, in every language that pages have."""

    title = StringField(_l("What consent says"), _TITLE)
    icon = _icon_field()
    description = StringField(_l("Description"), [Length(max=1000, message=_l("Use at most 1000 characters."))])
    version = HiddenField()

    @property
    def sent_icon(self) -> str | None:
        """The icon that was chosen; None where a form that does not have it was sent."""
        return self.icon.data if self.icon.raw_data else None

    @property
    def in_languages(self) -> list[tuple[str, StringField]]:
        """What consent says in each language, by its code."""
        return [(code, self[f"title_{code}"]) for code in LANGUAGES]

    @property
    def titles(self) -> dict[str, str] | None:
        """What was typed for each language; None where a form that does not have them was sent."""
        sent = any(field.raw_data for _code, field in self.in_languages)
        return {code: field.data or "" for code, field in self.in_languages} if sent else None


for _code, _name in LANGUAGES.items():
    setattr(PermissionTextForm, f"title_{_code}", StringField(_l("In %(language)s", language=_name), _TITLE))


def texts_of(row: Permission) -> PermissionTextForm:
    """Fill the form with what stands now."""
    by_language = {f"title_{code}": row.titles.get(code, "") for code in LANGUAGES}
    return PermissionTextForm(obj=row, data=by_language)


class PermissionForm(Form):
    """A permission of an API."""

    name = StringField(_l("Permission"), [InputRequired(_l("Enter a name."))])
    title = StringField(_l("What consent says"), SHORT)
    icon = _icon_field()
