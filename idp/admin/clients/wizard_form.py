"""What the four steps of a new app ask; one form, of which each step shows its part and carries the rest along."""

from contextlib import suppress
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FileField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from idp.access import catalogue
from idp.access import service as access
from idp.admin.clients.kinds import KINDS
from idp.admin.forms import SHORT, Boxes
from idp.admin.routes import may
from idp.clients.copying import settings_of
from idp.clients.errors import InvalidMetadata, NotFound
from idp.clients.metadata.hints import faults
from idp.clients.metadata.rules import clean
from idp.clients.service import get_client
from idp.clients.types import TYPES
from idp.core.typed import read_number
from idp.oauth.apps.reach import VOUCH
from idp.oauth.scopes import STANDARD_SCOPES

KIND, ADDRESSES, ACCESS, REVIEW = 1, 2, 3, 4
PARTS = {
    KIND: ("type",),
    ADDRESSES: ("name", "redirect_uris", "post_logout_redirect_uris", "client_uri", "logo", "without_logo", "logo_uri"),
    ACCESS: ("allowed_roles", "scopes", "rights", "allowed_apis", "first_party", "require_second_step",
             "access_lifetime"),
    REVIEW: (),
}  # fmt: skip


class WizardForm(Form):
    """A new app."""

    type = RadioField(
        _l("What are you building?"), [InputRequired(_l("Choose one."))],
        choices=[SelectChoice(kind, words[0]) for kind, words in KINDS.items()],
    )  # fmt: skip
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), *SHORT])
    redirect_uris = TextAreaField(_l("Redirect addresses"))
    post_logout_redirect_uris = TextAreaField(_l("Addresses after sign-out"))
    client_uri = StringField(_l("Home page"))
    logo = FileField(_l("Logo"))
    without_logo = BooleanField(_l("Leave the logo out"))
    logo_uri = StringField(_l("Address of its logo"))
    allowed_roles = Boxes(_l("Who may sign in"))
    scopes = Boxes(_l("What it may ask people for"))
    rights = Boxes(_l("What it may do at APIs"))
    allowed_apis = Boxes(_l("APIs"))
    first_party = BooleanField(_l("It is ours: people are not asked for consent"))
    require_second_step = BooleanField(_l("Let nobody in with one factor alone"))
    access_lifetime = SelectField(
        _l("Access tokens live"), [Optional()],
        choices=[SelectChoice("", _l("as long as the house says")), SelectChoice("300", _l("5 minutes")),
                 SelectChoice("900", _l("15 minutes")), SelectChoice("3600", _l("1 hour")),
                 SelectChoice("28800", _l("8 hours"))],
    )  # fmt: skip
    filled_for = HiddenField()
    """The kind whose usual scopes were filled in."""
    copy_of = HiddenField()
    """The id of the app that is copied."""
    logo_drawn = HiddenField()
    """The logo as it was drawn, in base64."""

    def __init__(self, *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        self.apis = offered_apis()
        if (kept := read_number(self.access_lifetime.data, 5)) is not None:
            self._offer_lifetime(kept)
        self.allowed_roles.choices = [SelectChoice(role.name, role.title or role.name) for role in _roles()]
        self.scopes.choices = [SelectChoice(scope.name, scope.title) for scope in STANDARD_SCOPES.values()]
        self.allowed_apis.choices = [SelectChoice(api.identifier, api.name) for api in self.apis]
        self.rights.choices = [
            SelectChoice(f"{api.identifier} {permission.name}", permission.title or permission.name)
            for api in self.apis
            for permission in api.permissions
        ]

    def _offer_lifetime(self, seconds: int) -> None:
        """Let an app that is copied keep a lifetime that is none of the usual ones."""
        value = str(seconds)
        if value not in {choice.value for choice in self.access_lifetime.choices}:
            self.access_lifetime.choices = [*self.access_lifetime.choices, SelectChoice(value, f"{value} s")]

    def copied(self) -> dict[str, Any]:
        """Return what the app that is copied has beside what is asked here: a copy is no weaker than its original."""
        if not self.copy_of.data:
            return {}
        with suppress(NotFound):
            row = get_client(self.copy_of.data)
            return settings_of(row) if row.type == self.type.data else {}
        return {}

    def fill_for_kind(self) -> None:
        """Tick what this kind of app usually asks for, once."""
        if self.type.data in TYPES and self.filled_for.data != self.type.data:
            self.scopes.data = list(TYPES[self.type.data].scopes)
            self.filled_for.data = self.type.data

    def carried(self, step: int) -> list[tuple[str, str]]:
        """Return names and values of what this step does not show."""
        hidden = [field for field in self if field.name not in PARTS[step]]
        return [(field.name, text) for field in hidden for text in _texts(field)]


def offered_apis() -> list[access.ApiInfo]:
    """List the APIs an app may be given; our own only to who may give administrative permissions at all."""
    own = access.own_api()
    return [api for api in access.apis() if api.identifier != own or may("admin.roles.write")]


def values_of(form: WizardForm) -> dict[str, Any]:
    """Return the fields of the client that a form describes; what its kind does not have is left out."""
    kind = TYPES[form.type.data]
    chosen = [right.rpartition(" ") for right in form.rights.data or []] if form.type.data != "api" else []
    values: dict[str, Any] = {
        **form.copied(), "type": form.type.data, "name": form.name.data,
        "scopes": [*(form.scopes.data or [] if kind.scopes else []), *(name for _api, _, name in chosen)],
        "allowed_apis": list(dict.fromkeys([*(form.allowed_apis.data or []), *(api for api, _, _name in chosen)])),
        "access_lifetime": int(form.access_lifetime.data) if form.access_lifetime.data else None,
    }  # fmt: skip
    if kind.redirects:
        values |= {"redirect_uris": (form.redirect_uris.data or "").split(),
                   "post_logout_redirect_uris": (form.post_logout_redirect_uris.data or "").split()}  # fmt: skip
    if kind.scopes:
        values |= {
            "client_uri": form.client_uri.data or None, "logo_uri": form.logo_uri.data or None,
            "allowed_roles": form.allowed_roles.data or [], "require_second_step": form.require_second_step.data,
            "first_party": bool(form.first_party.data) and may(VOUCH),
        }  # fmt: skip
    return values


def first_faulty_step(form: WizardForm, upto: int) -> int | None:
    """Check a form; return the first step with something wrong in it, and forget what is wrong with later ones."""
    form.validate()
    if form.type.data in TYPES and not form.access_lifetime.errors:
        _check_metadata(form)
    step = next((step for step in range(1, upto + 1) if any(form[name].errors for name in PARTS[step])), None)
    for field in form:
        if field.name not in PARTS.get(step or REVIEW, ()):
            field.errors = []
    return step


def _check_metadata(form: WizardForm) -> None:
    values = values_of(form)
    try:
        clean(values)
    except InvalidMetadata as error:
        if error.field in form:
            form[error.field].errors = [*form[error.field].errors, error.public]
    if found := faults(values.get("redirect_uris", []), values["type"]):
        form.redirect_uris.errors = [f"{remark.address}: {remark.says}" for remark in found]


def _roles() -> list[Any]:
    return list(catalogue.list_roles())


def _texts(field: Field) -> list[str]:
    if isinstance(field.data, bool):
        return ["y"] if field.data else []
    if isinstance(field.data, list):
        return [str(item) for item in field.data]
    return [str(field.data)] if field.data else []
