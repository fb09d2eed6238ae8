"""The shape of what operators type."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

_SHORT = [Length(max=120, message=_l("Use at most 120 characters."))]


class InviteForm(Form):
    """Somebody new."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address."))])
    name = StringField(_l("Full name"), _SHORT)
    role = SelectField(_l("Role"))

    def __init__(self, roles: list[str], *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        self.role.choices = [SelectChoice("", _l("None")), *(SelectChoice(role, role) for role in roles)]


class PersonForm(Form):
    """What an administrator changes of a person."""

    name = StringField(_l("Full name"), _SHORT)
    username = StringField(_l("User name"), _SHORT)
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address."))])
    version = HiddenField()


class RoleForm(Form):
    """A role to give."""

    role = StringField(_l("Role"), [InputRequired(_l("Choose a role."))])


class ConfirmForm(Form):
    """The name of a thing, typed before it is gone for good."""

    typed = StringField(_l("Its name"), [InputRequired(_l("Type the name."))])


class ClientForm(Form):
    """An app, in the words of people who build them."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), *_SHORT])
    redirect_uris = TextAreaField(_l("Redirect addresses"))
    post_logout_redirect_uris = TextAreaField(_l("Addresses after sign-out"))
    client_uri = StringField(_l("Home page"))
    scopes = StringField(_l("Scopes"))
    allowed_roles = StringField(_l("Roles that may sign in"))
    first_party = BooleanField(_l("It is ours: people are not asked for consent"))
    require_second_step = BooleanField(_l("Let nobody in with one factor alone"))
    version = HiddenField()


class KindForm(Form):
    """What is being built."""

    type = RadioField(_l("What are you building?"), validate_choice=False)


class SecretForm(Form):
    """A new secret."""

    label = StringField(_l("Label"), _SHORT)
    days = SelectField(
        _l("Expires"),
        choices=[SelectChoice("90", _l("in 90 days")), SelectChoice("180", _l("in 180 days")),
                 SelectChoice("365", _l("in a year")), SelectChoice("", _l("never"))],
    )  # fmt: skip
