"""The shape of what operators type about webhooks."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from idp.admin.forms import SHORT


class WebhookForm(Form):
    """An address and what it is told."""

    label = StringField(_l("Label"), SHORT)
    url = StringField(_l("Address"), [InputRequired(_l("Enter an address.")), Length(max=2000)])
    events = TextAreaField(_l("Events"), [InputRequired(_l("Choose at least one event."))])
    version = HiddenField()


class NewWebhookForm(WebhookForm):
    """The same with a name, which stays."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), *SHORT])
