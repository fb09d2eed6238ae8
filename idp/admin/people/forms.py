"""The shape of what operators type about people."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Form, HiddenField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from idp.admin.forms import SHORT, Boxes, ConfirmForm


class InviteForm(Form):
    """Somebody new."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address."))])
    name = StringField(_l("Full name"), SHORT)
    external_id = StringField(_l("External id"), SHORT)
    role = Boxes(_l("Roles"))
    no_mail = BooleanField(_l("Do not mail: I hand over a link"))

    def __init__(self, roles: list[str], *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        self.role.choices = [SelectChoice(role, role) for role in roles]
        # An older page has a list with an empty entry.
        self.role.data = [role for role in self.role.data or [] if role]


class PersonForm(Form):
    """What an administrator changes of a person."""

    name = StringField(_l("Full name"), SHORT)
    username = StringField(_l("User name"), SHORT)
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address."))])
    external_id = StringField(_l("External id"), SHORT)
    version = HiddenField()


class DeletionForm(ConfirmForm):
    """The address of an account, typed before it is closed, and whether it is gone for good now."""

    at_once = BooleanField(_l("Delete at once"))


class ReasonForm(Form):
    """Why something is done to an account."""

    reason = StringField(
        _l("Reason"), [InputRequired(_l("Say why.")), Length(max=200, message=_l("Use at most 200 characters."))]
    )


class RoleForm(Form):
    """A role to give."""

    role = StringField(_l("Role"), [InputRequired(_l("Choose a role."))])
