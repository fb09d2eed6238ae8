"""Signing keys on one time line: next, active, verify-only, retired; what can be done with them."""

import json

from flask import Response, request, url_for
from flask_babel import gettext as _
from wtforms import Form

from idp.admin.answers import confirm, done, submit, typed
from idp.admin.forms import ConfirmForm
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.core.cipher import keychain
from idp.core.http import attachment, render
from idp.core.settings import settings
from idp.keyring import readers, service
from idp.keyring.errors import UNKNOWN_KEY, NotFound
from idp.keyring.losing import lost_in_emergency, lost_with_key, lost_with_promotion
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import ALGORITHMS
from idp.sealing import service as sealing

READ, WRITE = "admin.keys.read", "admin.keys.write"
_ORDER = (State.NEXT, State.ACTIVE, State.VERIFY_ONLY, State.RETIRED)
_MOST_RETIRED = 20


@page("/keys", READ)
def keys() -> Response:
    rows = service.list_keys()
    groups = {state: [row for row in rows if row.state == state] for state in _ORDER}
    groups[State.RETIRED] = groups[State.RETIRED][:_MOST_RETIRED]
    missing = [row.alg for row in groups[State.ACTIVE] if row.alg not in {key.alg for key in groups[State.NEXT]}]
    chain = keychain()
    return render(
        "admin/keys/list.html", groups=groups, policy=settings().keys, signs_until=service.signs_until,
        tokens_since=service.tokens_since, tokens_until=service.tokens_until, readers=readers.list_readers(),
        jwks=json.dumps({"keys": service.published()}, indent=2), missing=missing, algorithms=ALGORITHMS,
        sealing=sorted(chain.keys), newest=chain.newest, sealed=sealing.count_sealed(),
        resealing=sealing.find_open(),
    )  # fmt: skip


@page("/keys/<kid>/public", READ)
def public_key(kid: str) -> Response:
    pem, jwk = service.export_public(kid)
    if request.args.get("format") == "jwk":
        return attachment(json.dumps(jwk, indent=2) + "\n", "application/jwk+json", f"{kid}.jwk.json")
    return attachment(pem, "application/x-pem-file", f"{kid}.pem")


@act("/keys/next", WRITE, Tag.KEY_CREATED, sudo=True)
def next_key() -> Response:
    service.prepare_next(_algorithm())
    return done(_("The next key is published."), url_for("admin.keys"))


@act("/keys/reseal", WRITE, Tag.KEY_RESEAL_STARTED, sudo=True)
def reseal() -> Response:
    sealing.start()
    return done(_("The worker seals them anew now."), url_for("admin.keys", _anchor="rest"))


@page("/keys/promote", WRITE, sudo=True)
def ask_promote() -> Response:
    return _ask_promote(Form())


@act("/keys/promote", WRITE, Tag.KEY_PROMOTED, sudo=True)
def promote_key() -> Response:
    form = Form(request.form)

    def promote() -> Response:
        service.promote(_algorithm())
        return done(_("The next key signs from now on."), url_for("admin.keys"))

    return submit(form, promote, lambda status: _ask_promote(form, status))


@page("/keys/emergency", WRITE, sudo=True)
def ask_emergency() -> Response:
    return _ask_emergency(ConfirmForm())


@act("/keys/emergency", WRITE, Tag.KEY_PROMOTED, sudo=True)
def emergency() -> Response:
    form = ConfirmForm(request.form)

    def rotate() -> Response:
        typed(form, service.active_kid(_algorithm()))
        service.rotate(_algorithm(), emergency=True)
        return done(_("A new key signs, and every older one is refused."), url_for("admin.keys"))

    return submit(form, rotate, lambda status: _ask_emergency(form, status))


@page("/keys/<kid>/retire", WRITE, sudo=True)
def ask_retire(kid: str) -> Response:
    return _ask_retire(_spent(kid), ConfirmForm())


@act("/keys/<kid>/retire", WRITE, Tag.KEY_RETIRED, sudo=True)
def retire_key(kid: str) -> Response:
    form = ConfirmForm(request.form)

    def retire() -> Response:
        typed(form, kid)
        service.retire(_spent(kid).kid, at_once=True)
        return done(_("The key was retired: what it signed is refused."), url_for("admin.keys"))

    return submit(form, retire, lambda status: _ask_retire(_spent(kid), form, status))


def _spent(kid: str) -> SigningKey:
    """Return a key that signs no more and still verifies; raise NotFound."""
    row = service.get_key(kid)
    if row.state != State.VERIFY_ONLY:
        raise NotFound(UNKNOWN_KEY)
    return row


def _algorithm() -> str:
    """Return the algorithm that is meant: the one of the form, or of the address, or our first."""
    asked = request.values.get("alg", "")
    return asked if asked in ALGORITHMS else ALGORITHMS[0]


def _ask_promote(form: Form, status: int = 200) -> Response:
    return confirm(
        form, status, title=_("Let the next key sign now?"), consequences=lost_with_promotion(_algorithm()),
        here="keys", wanted=None,
        button=_("Let it sign"), back_url=url_for("admin.keys"),
    )  # fmt: skip


def _ask_retire(row: SigningKey, form: ConfirmForm, status: int = 200) -> Response:
    return confirm(
        form, status, title=_("Retire this key?"), consequences=lost_with_key(row), here="keys", wanted=row.kid,
        button=_("Retire it"), back_url=url_for("admin.keys"),
    )  # fmt: skip


def _ask_emergency(form: ConfirmForm, status: int = 200) -> Response:
    return confirm(
        form, status, title=_("Refuse every key and begin with a new one?"), consequences=lost_in_emergency(),
        here="keys", wanted=service.active_kid(_algorithm()), button=_("Refuse all keys"),
        back_url=url_for("admin.keys"),
    )  # fmt: skip
