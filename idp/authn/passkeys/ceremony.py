"""The two ceremonies of WebAuthn: what a browser is asked, and what its answer proves."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn.errors import UnfitPasskey, UnknownPasskey
from idp.authn.models import Passkey
from idp.authn.passkeys import challenges, names
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, transaction
from idp.core.secrets import keyed_digest
from idp.core.settings import settings

_MINUTES = 5 * 60 * 1000
_LONGEST = 20_000
"""More characters than any answer has."""
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises on nonsense: its own errors, and whatever its parsers stumble over."""


def ask_to_sign_in(holder: str, *, purpose: str = challenges.SIGN_IN, among: Iterable[Passkey] = ()) -> str:
    """Return the options of a sign-in as JSON; without `among` the browser offers what it has for this house."""
    allowed = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in among]
    verification = UserVerificationRequirement.PREFERRED if allowed else UserVerificationRequirement.REQUIRED
    return options_to_json(
        generate_authentication_options(
            rp_id=rp_id(), challenge=challenges.issue(purpose, holder), timeout=_MINUTES,
            allow_credentials=allowed, user_verification=verification,
        )
    )  # fmt: skip


def ask_to_add(user: User, holder: str, existing: Iterable[Passkey]) -> str:
    """Return the options of a new passkey as JSON; what the person has already is not offered again."""
    return options_to_json(
        generate_registration_options(
            rp_id=rp_id(), rp_name=settings().brand.name, user_name=user.email,
            user_display_name=user.name or user.email, user_id=user_handle(user.id),
            challenge=challenges.issue(challenges.ADD, holder), timeout=_MINUTES,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in existing
            ],
        )
    )  # fmt: skip


def verify_sign_in(answer: str, holder: str, *, purpose: str = challenges.SIGN_IN) -> tuple[Passkey, tuple[str, ...]]:
    """Return the passkey that answered, and the methods it proves (RFC 8176).

    As the only factor it must have verified its owner. Raises UnfitPasskey, UnknownPasskey.
    """
    try:
        credential = parse_authentication_credential_json(_bounded(answer))
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
    except _UNREADABLE as error:
        raise UnfitPasskey from error
    challenges.take(challenge, purpose, holder)
    passkey = find(challenges.encode(credential.raw_id))
    if passkey is None:
        raise UnknownPasskey(challenges.encode(credential.raw_id))
    handle = credential.response.user_handle
    if handle is not None and handle != user_handle(passkey.user_id):
        raise UnfitPasskey
    try:
        verified = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=rp_id(), expected_origin=origin(),
            credential_public_key=passkey.public_key, credential_current_sign_count=passkey.sign_count,
            require_user_verification=purpose == challenges.SIGN_IN,
        )  # fmt: skip
    except _UNREADABLE as error:
        record(Tag.PASSKEY_REFUSED, subject=f"user:{passkey.user_id}", passkey_id=passkey.id)
        raise UnfitPasskey from error
    _note_use(passkey, verified.new_sign_count)
    kind = "swk" if passkey.is_synced else "hwk"
    return passkey, (kind, "user") if verified.user_verified else (kind,)


def verify_new(answer: str, holder: str) -> dict[str, Any]:
    """Return the columns of a passkey that a browser has just made; raise UnfitPasskey."""
    try:
        credential = parse_registration_credential_json(_bounded(answer))
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
    except _UNREADABLE as error:
        raise UnfitPasskey from error
    challenges.take(challenge, challenges.ADD, holder)
    try:
        made = verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=rp_id(), expected_origin=origin()
        )
    except _UNREADABLE as error:
        raise UnfitPasskey from error
    return {
        "credential_id": challenges.encode(made.credential_id), "public_key": made.credential_public_key,
        "sign_count": made.sign_count, "aaguid": made.aaguid,
        "is_synced": made.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        "transports": [str(each.value) for each in credential.response.transports or ()],
        "name": names.name_of(made.aaguid, context().user_agent),
    }  # fmt: skip


def find(credential_id: str) -> Passkey | None:
    """Return a passkey by the id its authenticator gave it, or None."""
    return db.session.execute(select(Passkey).where(Passkey.credential_id == credential_id)).scalar()


def rp_id() -> str:
    """Return the domain that passkeys of this house are good for."""
    return urlsplit(settings().issuer).hostname or ""


def origin() -> str:
    """Return the one origin whose pages may use them."""
    return settings().issuer


def user_handle(user_id: str) -> bytes:
    """Return what authenticators know a person by: it tells nothing about them (WebAuthn §14.6.1)."""
    return bytes.fromhex(keyed_digest("webauthn-user", user_id))


def _note_use(passkey: Passkey, count: int) -> None:
    """Write the new counter down; a copy that answered at the same moment with the same count is refused."""
    moved: ColumnElement[bool] = or_(Passkey.sign_count < count, (Passkey.sign_count == 0) & (count == 0))
    statement = (
        update(Passkey)
        .where(Passkey.id == passkey.id, moved)
        .values(sign_count=count, last_used_at=now(), last_user_agent=(context().user_agent or "")[:400] or None)
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        if session.execute(statement).first() is None:
            raise UnfitPasskey


def _bounded(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST:
        raise ValueError
    values = json.loads(answer)
    if not isinstance(values, dict):
        raise TypeError
    return values
