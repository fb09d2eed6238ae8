"""The shape of what operators type about apps."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from idp.admin.forms import SHORT, Boxes


class ClientForm(Form):
    """An app, in the words of people who build them."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), *SHORT])
    redirect_uris = TextAreaField(_l("Redirect addresses"))
    post_logout_redirect_uris = TextAreaField(_l("Addresses after sign-out"))
    client_uri = StringField(_l("Home page"))
    scopes = StringField(_l("Scopes"))
    first_party = BooleanField(_l("It is ours: people are not asked for consent"))
    version = HiddenField()


class AccessForm(Form):
    """Who may sign in to an app, and which APIs it may ask for."""

    allowed_roles = Boxes(_l("Who may sign in"))
    require_second_step = BooleanField(_l("Let nobody in with one factor alone"))
    allowed_apis = Boxes(_l("APIs"))
    version = HiddenField()


class CheckForm(Form):
    """Whom to judge."""

    user = StringField(_l("Person"))


class KeysForm(Form):
    """The public keys of an app: where they are, or the keys themselves."""

    jwks_uri = StringField(_l("Address of its keys"))
    jwks = TextAreaField(_l("Keys"))
    version = HiddenField()


class SecretForm(Form):
    """A new secret."""

    label = StringField(_l("Label"), SHORT)
    days = SelectField(
        _l("Expires"),
        choices=[SelectChoice("90", _l("in 90 days")), SelectChoice("180", _l("in 180 days")),
                 SelectChoice("365", _l("in a year")), SelectChoice("", _l("never"))],
    )  # fmt: skip
