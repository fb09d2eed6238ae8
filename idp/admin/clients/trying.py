"""Try an app out: choose how, walk through the endpoints as yourself, see every leg and check every token."""

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField, StringField

from idp.admin.clients import trying_result as result
from idp.admin.clients.kinds import WRITE
from idp.admin.clients.tabs import show
from idp.admin.routes import act, page, preview
from idp.audit.service import clean
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.models import Client
from idp.clients.service import ClientInfo
from idp.clients.types import CODE, DEVICE, MACHINE
from idp.core import cipher
from idp.core.errors import DomainError, NotFound
from idp.core.http import see_other
from idp.core.typed import read_number
from idp.oauth.authorize.checks import prompt_values
from idp.oauth.authorize.claims_request import BadClaims, parse_claims
from idp.oauth.trials import request as asking
from idp.oauth.trials import store
from idp.oauth.trials.walk import Walk, ask_for_device, redeem
from idp.sessions import http as sessions

_NAMES = {
    CODE: _l("Sign in (authorization code with PKCE)"), DEVICE: _l("Sign in on a device (device code)"),
    MACHINE: _l("In its own name (client credentials)"),
}  # fmt: skip
_LONGEST = 2000


class TrialIsOver(DomainError):
    """The trial is unknown, of another session, too old, or finished already."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_l("This trial is over, or was not begun here. Begin a new one at the app."))


class TryForm(Form):
    """How an app is tried."""

    grant = RadioField(_l("How"))
    scope = StringField(_l("Scopes"))
    prompt = SelectField("prompt")
    max_age = StringField("max_age")
    acr_values = StringField("acr_values")
    claims = StringField("claims")
    resource = StringField(_l("For the API"))


@page("/clients/<client_id>/try", WRITE, sudo=True)
def try_client(client_id: str) -> Response:
    row = service.get_client(client_id)
    return _show(row, _form(row))


@act("/clients/<client_id>/try", WRITE, Tag.TOOL_CLIENT_TEST, sudo=True)
def begin_trial(client_id: str) -> Response:
    row = service.get_client(client_id)
    form = _form(row)
    if not form.grant.choices or not _is_sound(form):
        return _show(row, form, 422)
    asked = {name: (clean(value, _LONGEST) or "").strip() for name, value in form.data.items()}
    trial, client = store.begin(client_id, sessions.get_session(), asked), _info(client_id)
    if asked["grant"] == CODE:
        return see_other(asking.authorization_url(trial))
    return _ask_device(trial, client) if asked["grant"] == DEVICE else _ask_machine(trial, client)


@page("/tools/callback", WRITE)
def finish_trial() -> Response:
    trial = store.take(request.args.get("state", ""), sessions.get_session())
    if trial is None or trial.asked["grant"] != CODE:
        raise TrialIsOver
    client = _info(trial.client_id)
    walk = Walk(client, [result.authorization_leg(trial, request.args)])
    if code := request.args.get("code"):
        redeem(walk, asking.code_form(trial, code), user_id=trial.user_id)
    return result.show(trial, walk, answer=request.args)


@preview("/clients/<client_id>/try/again", WRITE)
def ask_again(client_id: str) -> Response:
    session = sessions.get_session()
    trial = store.find(request.form.get("trial", ""), session)
    if trial is None or trial.client_id != client_id or trial.asked["grant"] != DEVICE:
        raise TrialIsOver
    client, codes = _info(client_id), _open(trial, request.form.get("waiting", ""))
    walk = Walk(client)
    came = redeem(walk, asking.device_form(codes["device_code"]), user_id=trial.user_id)
    if not came and walk.legs[-1].answer.get("error") in result.WAITING:
        return result.wait(trial, walk, codes, _seal(trial, codes))
    store.take(trial.id, session)
    return result.show(trial, walk)


def _ask_device(trial: store.Trial, client: ClientInfo) -> Response:
    walk = Walk(client)
    codes = ask_for_device(walk, [*asking.scope_of(trial), *asking.resources_of(trial)])
    if "device_code" not in codes:
        store.take(trial.id, sessions.get_session())
        return result.show(trial, walk)
    kept = {name: str(codes[name]) for name in ("device_code", "user_code", "verification_uri_complete")}
    return result.wait(trial, walk, kept, _seal(trial, kept))


def _ask_machine(trial: store.Trial, client: ClientInfo) -> Response:
    store.take(trial.id, sessions.get_session())
    walk = Walk(client)
    redeem(walk, asking.machine_form(trial), user_id=None)
    return result.show(trial, walk)


def _seal(trial: store.Trial, codes: dict[str, str]) -> str:
    """Close up what the device keeps, so that a page can carry it: it opens for this trial only."""
    plain = "\n".join(codes[name] for name in sorted(codes)).encode()
    return cipher.keychain().seal(plain, bound_to=f"trial:{trial.id}")


def _open(trial: store.Trial, sealed: str) -> dict[str, str]:
    try:
        values = cipher.keychain().unseal(sealed[:_LONGEST], bound_to=f"trial:{trial.id}").decode().split("\n")
    except (cipher.CipherError, ValueError) as error:
        raise TrialIsOver from error
    return dict(zip(("device_code", "user_code", "verification_uri_complete"), values, strict=True))


def _info(client_id: str) -> ClientInfo:
    found = service.find_client(client_id)
    if found is None:
        raise NotFound
    return found


def _form(row: Client) -> TryForm:
    form = TryForm(request.form if request.method == "POST" else None)
    grants = asking.grants_of(_info(row.id)) if row.disabled_at is None else []
    form.grant.choices = [(grant, _NAMES[grant]) for grant in grants]
    form.prompt.choices = [("", _l("as the app usually asks")), *((value, value) for value in prompt_values())]
    if request.method != "POST":
        form.grant.data, form.scope.data = next(iter(grants), None), " ".join(row.scopes)
    elif form.grant.data is None and len(grants) == 1:
        form.grant.data = grants[0]
    form.prompt.data = form.prompt.data or ""
    return form


def _is_sound(form: TryForm) -> bool:
    sound = form.validate()
    if form.max_age.data and read_number(form.max_age.data.strip()) is None:
        form.max_age.errors = [_("Enter seconds, as a whole number.")]
        sound = False
    try:
        parse_claims(clean(form.claims.data, _LONGEST) or "{}")
    except BadClaims:
        form.claims.errors = [_("Enter a JSON object with userinfo or id_token, of at most 2,000 characters.")]
        sound = False
    return sound


def _show(row: Client, form: TryForm, status: int = 200) -> Response:
    signs_in = bool({CODE, DEVICE} & {value for value, _label in form.grant.choices})
    return show("try_client", "try", row, status, form=form, signs_in=signs_in, callback=store.callback(),
                has_code=CODE in {value for value, _label in form.grant.choices})  # fmt: skip
