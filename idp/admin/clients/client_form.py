"""The settings of an app as a form: what its kind has, how it stands now, and what somebody changed of it."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from idp.admin.clients.forms import read_keys, write_keys
from idp.admin.forms import SHORT, Boxes
from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.registration import EDITABLE
from idp.clients.models import Client
from idp.clients.types import CODE, DEVICE, KEYS, MACHINE, NONE, REFRESH, TYPES
from idp.core.typed import read_number

GRANTS = {
    CODE: _l("Authorization code: people sign in in a browser"),
    REFRESH: _l("Refresh token: it renews its access tokens"),
    MACHINE: _l("Client credentials: it acts in its own name"),
    DEVICE: _l("Device code: people sign in on another device"),
}
METHODS = {
    "client_secret_basic": _l("A secret, sent in a header (client_secret_basic)"),
    "client_secret_post": _l("A secret, sent in a form (client_secret_post)"),
    KEYS: _l("Keys of its own (private_key_jwt)"),
    NONE: _l("Nothing: it is public (none)"),
}
_NO_GRANT = _l("Choose at least one: without any the app does nothing.")


def _whole(_form: Form, field: Field) -> None:
    """Take a number or nothing."""
    if (field.data or "").strip() and read_number(field.data.strip()) is None:
        raise ValidationError(_l("Enter a whole number."))


class ClientForm(Form):
    """An app, in the words of people who build them."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), *SHORT])
    redirect_uris = TextAreaField(_l("Redirect addresses"))
    post_logout_redirect_uris = TextAreaField(_l("Addresses after sign-out"))
    scopes = StringField(_l("Scopes"))
    first_party = BooleanField(_l("It is ours: people are not asked for consent"))
    access_lifetime = StringField(_l("Lifetime of access tokens, in seconds"), [_whole])
    default_max_age = StringField(_l("Oldest sign-in it takes, in seconds"), [_whole])
    backchannel_logout_uri = StringField(_l("Address that is told of sign-outs"))
    backchannel_logout_session_required = BooleanField(_l("It needs to know which session ended"))
    client_uri = StringField(_l("Home page"))
    logo_uri = StringField(_l("Address of its logo"))
    policy_uri = StringField(_l("Privacy notice"))
    tos_uri = StringField(_l("Terms"))
    contacts = TextAreaField(_l("Contacts"))
    initiate_login_uri = StringField(_l("Address that starts a sign-in"))
    require_pkce = BooleanField(_l("Require PKCE"))
    grant_types = Boxes(_l("Grants"))
    token_endpoint_auth_method = SelectField(_l("Proves itself by"), [Optional()])
    jwks_uri = StringField(_l("Address of its keys"))
    jwks = TextAreaField(_l("Keys"))
    version = HiddenField()


def form_of(row: Client, *, may_vouch: bool, may_prove: bool, typed: Any = None) -> ClientForm:
    """Make the form of an app with the fields its kind has, filled with what was typed or else with how it stands.

    Only who may vouch for apps is asked whether it is ours, and who may change secrets how it proves itself.
    """
    form = ClientForm(typed)
    shown = {"name", "scopes", "version", *_shown(row)}
    shown -= set() if may_vouch else {"first_party"}
    shown -= set() if may_prove else {"token_endpoint_auth_method", "jwks_uri", "jwks"}
    for name in [field.name for field in form if field.name not in shown]:
        del form[name]
    _offer(form, row)
    if typed is None:
        for field in form:
            field.data = _written(field, _standing(row, field.name))
    return form


def changes_of(form: ClientForm, row: Client) -> dict[str, Any]:
    """Return the fields that are otherwise than the app has them; what was not sent is not changed.

    Raises InvalidMetadata for what cannot be read.
    """
    values = {field.name: _read(field) for field in form if _was_sent(field)}
    return {name: value for name, value in values.items() if value != _plain(_standing(row, name), value)}


def check_does_something(changes: dict[str, Any]) -> None:
    """Raise InvalidMetadata when the last grant of an app would be taken away: who wants that turns it off."""
    if changes.get("grant_types") == []:
        raise InvalidMetadata("grant_types", _NO_GRANT)


def _shown(row: Client) -> set[str]:
    """Return the fields that mean something for an app."""
    kind = TYPES[row.type]
    parts: list[tuple[bool, tuple[str, ...]]] = [
        (kind.redirects, ("redirect_uris", "post_logout_redirect_uris", "initiate_login_uri")),
        (bool(kind.scopes), ("first_party", "default_max_age", "backchannel_logout_uri", "tos_uri", "policy_uri",
                             "backchannel_logout_session_required", "client_uri", "logo_uri")),
        (bool(kind.grant_types or row.grant_types), ("access_lifetime",)),
        (kind.redirects and row.token_endpoint_auth_method != NONE, ("require_pkce",)),
        (len(_grants(row)) > 1, ("grant_types",)),
        # The keys of an app that has some are changed where they are shown.
        (row.token_endpoint_auth_method != KEYS, ("jwks_uri", "jwks")),
        (True, ("contacts", "token_endpoint_auth_method")),
    ]  # fmt: skip
    return {name for holds, names in parts if holds for name in names}


def _grants(row: Client) -> list[str]:
    """List what an app has, in its order and so that saving loses nothing, and what else it may be given."""
    kind = TYPES[row.type]
    return list(dict.fromkeys([*row.grant_types, *kind.grant_types, *kind.more_grants]))


def _offer(form: ClientForm, row: Client) -> None:
    if "grant_types" in form:
        form.grant_types.choices = [SelectChoice(name, GRANTS[name]) for name in _grants(row)]
    if "token_endpoint_auth_method" in form:
        methods = dict.fromkeys([*TYPES[row.type].auth_methods, row.token_endpoint_auth_method])
        form.token_endpoint_auth_method.choices = [SelectChoice(name, METHODS[name]) for name in methods]


def _standing(row: Client, name: str) -> Any:
    return row.metadata_.get(name) if name in EDITABLE else getattr(row, name)


def _was_sent(field: Field) -> bool:
    # A box says no by not being sent.
    return field.name != "version" and (isinstance(field, BooleanField | Boxes) or bool(field.raw_data))


def _plain(standing: Any, value: Any) -> Any:
    """Return what stands so that it compares with what was typed: an empty list or an empty box is nothing."""
    if standing is None and isinstance(value, bool | list):
        return type(value)()
    return standing


_READERS: dict[str, Callable[[str], Any]] = {
    "redirect_uris": str.split, "post_logout_redirect_uris": str.split, "scopes": str.split,
    "contacts": lambda text: [line.strip() for line in text.splitlines() if line.strip()],
    "access_lifetime": read_number, "default_max_age": read_number, "jwks": read_keys,
}  # fmt: skip
"""How what is typed in a field is read, where it is no plain text."""


def _read(field: Field) -> Any:
    if isinstance(field, BooleanField | Boxes):
        return field.data
    text = (field.data or "").strip()
    return _READERS.get(field.name, lambda text: text or None)(text)


def _written(field: Field, value: Any) -> Any:
    """Say a value as one would type it."""
    if isinstance(field, BooleanField | Boxes):
        return value
    if field.name == "jwks":
        return write_keys(value)
    if isinstance(value, list):
        # A list is typed as lines or words.
        return (" " if field.name == "scopes" else "\n").join(value)
    return "" if value is None else str(value)
