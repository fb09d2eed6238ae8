"""The shape of what operators type about apps."""

import json
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from idp.admin.forms import SHORT, Boxes
from idp.clients.errors import InvalidMetadata


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


def read_keys(text: str) -> Any:
    """Read a JWK Set that was pasted; nothing is none."""
    if not text.strip():
        return None
    try:
        return json.loads(text[:200_000])
    except (ValueError, RecursionError) as error:
        raise InvalidMetadata("jwks", _("This is not JSON.")) from error


def write_keys(jwks: dict[str, Any] | None) -> str:
    """Write a JWK Set as one pastes it."""
    return json.dumps(jwks, indent=2) if jwks else ""
