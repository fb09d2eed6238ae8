"""A person's passkeys: listed, added, renamed, removed; each change of them is mailed to its owner."""

from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from idp.accounts.email.links import credential_of
from idp.accounts.models import User
from idp.accounts.service import find_user, get_user_for_change, is_usable
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails, policy
from idp.authn.acr import in_full
from idp.authn.enrol.service import note_factors_changed
from idp.authn.errors import LastWayIn, NoSuchPasskey, StepIsRequired, UnfitPasskey
from idp.authn.factors import list_ways
from idp.authn.models import Passkey
from idp.authn.passkeys import ceremony, challenges
from idp.authn.passkeys.stored import list_passkeys
from idp.authn.proof import Proof
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.secrets import new_id

MOST = 20
"""Passkeys of one account."""


def verify(answer: str, holder: str, *, only: str | None = None) -> Proof:
    """Return the proof of the person whose passkey answered.

    `only` is the id of the one person who may answer here. Raises UnfitPasskey, UnknownPasskey.
    """
    passkey, methods = ceremony.verify_sign_in(answer, holder)
    user = find_user(passkey.user_id)
    if user is None or not is_usable(user) or only not in {None, passkey.user_id}:
        record(Tag.LOGIN_FAILED, subject=f"user:{passkey.user_id}", reason="passkey")
        raise UnfitPasskey
    return Proof(user, tuple(in_full(methods)), now(), credential_of(user))


def add(user_id: str, answer: str, holder: str) -> str:
    """Keep a passkey that a browser has just made; return its name. Raises UnfitPasskey."""
    columns = ceremony.verify_new(answer, holder)
    try:
        with transaction() as session:
            user = get_user_for_change(user_id)
            if len(list_passkeys(user_id)) >= MOST:
                raise UnfitPasskey
            session.execute(insert(Passkey).values(id=new_id(), user_id=user_id, created_at=now(), **columns))
            user.version += 1
            record(Tag.PASSKEY_ADDED, subject=f"user:{user_id}", name=columns["name"])
            mails.passkey_added(user, columns["name"])
    except IntegrityError as error:
        raise UnfitPasskey from error
    return str(columns["name"])


def decline_offer(user_id: str) -> None:
    """Write down that a person wants no passkey now."""
    with transaction():
        get_user_for_change(user_id).passkey_offered_at = now()


def rename(user_id: str, passkey_id: str, name: str) -> None:
    """Call a passkey something else; raise NoSuchPasskey."""
    statement = (
        update(Passkey)
        .where(Passkey.id == passkey_id, Passkey.user_id == user_id)
        .values(name=name)
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        if session.execute(statement).first() is None:
            raise NoSuchPasskey
        record(Tag.PASSKEY_RENAMED, subject=f"user:{user_id}", passkey_id=passkey_id)


def remove(user_id: str, passkey_id: str, *, keep_session_id: str | None) -> str:
    """Take a passkey away; other sessions end. Returns its name.

    Raises NoSuchPasskey, LastWayIn when nothing else opens the account, StepIsRequired when the house asks for it.
    """
    with transaction() as session:
        user = get_user_for_change(user_id)
        found = {each.id: each for each in list_passkeys(user_id)}
        if passkey_id not in found:
            raise NoSuchPasskey
        _check_may_remove(user, len(found))
        name = found[passkey_id].name
        session.execute(delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id))
        record(Tag.PASSKEY_REMOVED, subject=f"user:{user_id}", name=name)
        mails.passkey_removed(user, name)
        note_factors_changed(user, keep_session_id=keep_session_id)
    return name


def accepted(user_id: str) -> dict[str, Any]:
    """Return what a browser is told so that it forgets passkeys that are gone (WebAuthn §5.1.10)."""
    ids = [each.credential_id for each in list_passkeys(user_id)]
    handle = challenges.encode(ceremony.user_handle(user_id))
    return {"rpId": ceremony.rp_id(), "userId": handle, "allAcceptedCredentialIds": ids}


def get(user_id: str, passkey_id: str) -> Passkey:
    """Return one of a person's passkeys; raise NoSuchPasskey."""
    query = select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
    found = db.session.execute(query).scalar()
    if found is None:
        raise NoSuchPasskey
    return found


def _check_may_remove(user: User, count: int) -> None:
    if count > 1:
        return
    if user.password_hash is None:
        raise LastWayIn
    others = [factor for factor in list_ways(user.id) if factor.stands_alone and factor.name != "passkey"]
    if not others and policy.requires_second_step(user):
        raise StepIsRequired
