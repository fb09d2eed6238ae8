"""The six digits of an authenticator app (RFC 6238): one app a person, every code good once."""

import base64
from collections.abc import Mapping

import pyotp
from sqlalchemy import select, update

from idp.accounts.models import User
from idp.authn.errors import UsedCode, WrongCode
from idp.authn.models import TotpAuthenticator
from idp.core import cipher
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.sealed import sealed
from idp.core.secrets import equal

AMR = ("otp",)
_PERIOD = 30
"""Seconds a code is shown (RFC 6238 §5.2)."""
_DRIFT = (0, -1, 1)
"""How many steps the clock of a phone may be off."""


def is_enrolled(user_id: str) -> bool:
    """Tell whether a person has an authenticator app."""
    return find_authenticator(user_id) is not None


def find_authenticator(user_id: str) -> TotpAuthenticator | None:
    """Return a person's authenticator app, or None."""
    return db.session.execute(select(TotpAuthenticator).where(TotpAuthenticator.user_id == user_id)).scalar()


def verify(user: User, answer: Mapping[str, str]) -> tuple[str, ...]:
    """Take the `code` of a person's app, once (RFC 6238 §5.2); raise WrongCode, UsedCode."""
    authenticator = find_authenticator(user.id)
    step = find_step(unseal(authenticator), answer.get("code", "")) if authenticator else None
    if step is None:
        raise WrongCode
    _take_step(user.id, step)
    return AMR


def find_step(seed: str, code: str) -> int | None:
    """Return the time step a code belongs to, or None when it is of none that is near."""
    digits = "".join(code.split())
    present, app, found = int(now().timestamp()) // _PERIOD, pyotp.TOTP(seed), None
    for drift in _DRIFT:
        if equal(app.generate_otp(present + drift), digits):
            found = present + drift
    return found


def seal(user_id: str, seed: str) -> str:
    """Encrypt a seed for its row."""
    return cipher.seal(base64.b32decode(seed), bound_to=_place(user_id))


def unseal(authenticator: TotpAuthenticator) -> str:
    """Return the seed of an app, base32."""
    return base64.b32encode(cipher.unseal(authenticator.seed, bound_to=_place(authenticator.user_id))).decode()


def _place(user_id: str) -> str:
    return f"totp_authenticators:seed:{user_id}"


def _take_step(user_id: str, step: int) -> None:
    """Use a code up, and all older ones: "The verifier MUST NOT accept the second attempt" (RFC 6238 §5.2)."""
    statement = (
        update(TotpAuthenticator)
        .where(TotpAuthenticator.user_id == user_id, TotpAuthenticator.last_step < step)
        .values(last_step=step, last_used_at=now())
        .returning(TotpAuthenticator.user_id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        if session.execute(statement).first() is None:
            raise UsedCode


sealed(TotpAuthenticator.seed, TotpAuthenticator.user_id, _place)
