"""The shape of what people type on the pages of their own account."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, FileField, Form, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from idp.core.settings import settings
from idp.i18n.service import LANGUAGES

PROFILE_FIELDS: dict[str, tuple[Any, str]] = {
    "given_name": (_l("First name"), "given-name"),
    "family_name": (_l("Last name"), "family-name"),
    "middle_name": (_l("Middle name"), "additional-name"),
    "nickname": (_l("Nickname"), "nickname"),
    "website": (_l("Website"), "url"),
    "profile": (_l("Profile page"), "url"),
    "gender": (_l("Gender"), "sex"),
    "birthdate": (_l("Date of birth"), "bday"),
    "phone_number": (_l("Phone number"), "tel"),
}
"""What the house may let people edit: label, and how browsers fill it in."""
THEMES = (("system", _l("As the system")), ("light", _l("Light")), ("dark", _l("Dark")))
_SHORT = [Length(max=100, message=_l("Use at most 100 characters."))]
_LONG = [Length(max=500, message=_l("Use at most 500 characters."))]


class ProfileForm(Form):
    """Name and user name; the fields the house lets people edit join them."""

    name = StringField(_l("Full name"), _SHORT)
    username = StringField(_l("User name"), _SHORT)
    version = HiddenField()


def profile_form(*values: Any, **more: Any) -> ProfileForm:
    """Make the form with the fields of the present settings."""
    fields = {name: StringField(PROFILE_FIELDS[name][0], _LONG) for name in editable_fields()}
    return type("OwnProfileForm", (ProfileForm,), fields)(*values, **more)


def editable_fields() -> list[str]:
    """List the profile fields that people edit here, besides name and user name."""
    return [name for name in settings().accounts.editable if name in PROFILE_FIELDS]


class PictureForm(Form):
    """A picture to upload."""

    picture = FileField(_l("Picture"))


class EmailForm(Form):
    """A new address."""

    email = EmailField(_l("New e-mail address"), [InputRequired(_l("Enter your e-mail address."))])


class PreferencesForm(Form):
    """Language, zone, colours and notices."""

    locale = SelectField(_l("Language"))
    zoneinfo = SelectField(_l("Time zone"))
    theme = SelectField(_l("Colours"), choices=[SelectChoice(*each) for each in THEMES])
    mail_app_allowed = BooleanField(_l("Write to me when an app is allowed to use my account"))
    shortcuts = BooleanField(_l("Keyboard shortcuts of a single key"))

    def __init__(self, *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        self.locale.choices = choices(("", _l("As the browser asks")), *LANGUAGES.items())
        self.zoneinfo.choices = choices(("", _l("As the browser’s clock")), *((zone, zone) for zone in _zones()))


class DeletionForm(Form):
    """The address, typed, so that nobody deletes an account by a slip."""

    email = EmailField(_l("Your e-mail address"), [InputRequired(_l("Type your e-mail address."))])


class ActivityForm(Form):
    """Which events to show."""

    kind = SelectField(_l("Kind"), validate_choice=False)
    since = StringField(_l("From"))
    until = StringField(_l("To"))


def choices(*pairs: tuple[str, Any]) -> list[SelectChoice]:
    """Return what can be chosen, by value and label."""
    return [SelectChoice(value, label) for value, label in pairs]


def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
