"""What waits while somebody enrols: a seed and ten codes, sealed in the interaction of the browser they are shown in.

Nothing of it is in a form: the page that posts a code proves that the seed arrived, and cannot choose it.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import pyotp
from sqlalchemy import update

from idp.authn import totp
from idp.authn.errors import WrongCode
from idp.core import cipher
from idp.core.db import transaction
from idp.core.secrets import equal
from idp.sessions.errors import InteractionExpired
from idp.sessions.models import Interaction

CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters and digits that are mistaken for each other on paper."""
_FIELD = "enrolment"


@dataclass
class Enrolment:
    """What one browser is about to turn on for one person."""

    seed: str | None = None
    """Base32; None when only recovery codes are made anew."""
    name: str = ""
    step: int | None = None
    """The time step of the code that proved the app; None until one did."""
    codes: tuple[str, ...] = ()
    """Recovery codes that are shown and not good yet."""

    @property
    def is_proved(self) -> bool:
        """Whether the app has shown a right code."""
        return self.step is not None


def begin_app(interaction: Interaction) -> Enrolment:
    """Return the enrolment of an app that waits here, or make its seed."""
    waiting = find(interaction)
    return waiting if waiting and waiting.seed else _save(interaction, Enrolment(seed=pyotp.random_base32()))


def begin_codes(interaction: Interaction) -> Enrolment:
    """Return the codes that wait here, or make them; looked at again they are the same ones."""
    waiting = find(interaction) or Enrolment()
    if not waiting.codes:
        waiting.codes = tuple(_new_code() for _number in range(CODES))
        _save(interaction, waiting)
    return waiting


def prove_app(interaction: Interaction, code: str, name: str) -> Enrolment:
    """Take a code of the app that is being set up; raise WrongCode."""
    waiting = get(interaction)
    step = totp.find_step(waiting.seed, code) if waiting.seed else None
    if step is None:
        raise WrongCode
    waiting.step, waiting.name = step, name
    return _save(interaction, waiting)


def check_saved(waiting: Enrolment, code: str) -> None:
    """Ask one of the shown codes back, without using it up; raise WrongCode."""
    plain, found = _plain(code), False
    for shown in waiting.codes:
        found |= equal(_plain(shown), plain)
    if not found:
        raise WrongCode


def get(interaction: Interaction) -> Enrolment:
    """Return what waits in an interaction; raise InteractionExpired."""
    waiting = find(interaction)
    if waiting is None:
        raise InteractionExpired
    return waiting


def find(interaction: Interaction) -> Enrolment | None:
    """Return what waits in an interaction, or None."""
    sealed = interaction.payload.get(_FIELD)
    if sealed is None:
        return None
    values = json.loads(cipher.unseal(sealed, bound_to=_place(interaction)))
    return Enrolment(values["seed"], values["name"], values["step"], tuple(values["codes"]))


def take(interaction: Interaction) -> bool:
    """Take what waits out of a sign-in that goes on, once; return whether it was this call that did."""
    without = {name: value for name, value in interaction.payload.items() if name != _FIELD}
    statement = (
        update(Interaction)
        .where(Interaction.id == interaction.id, Interaction.payload[_FIELD].as_string().is_not(None))
        .values(payload=without)
        .returning(Interaction.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        return session.execute(statement).first() is not None


def _save(interaction: Interaction, waiting: Enrolment) -> Enrolment:
    plain = json.dumps({"seed": waiting.seed, "name": waiting.name, "step": waiting.step, "codes": list(waiting.codes)})
    sealed = cipher.seal(plain.encode(), bound_to=_place(interaction))
    _write(interaction, {**interaction.payload, _FIELD: sealed})
    return waiting


def _write(interaction: Interaction, payload: dict[str, Any]) -> None:
    with transaction() as session:
        session.execute(update(Interaction).where(Interaction.id == interaction.id).values(payload=payload))


def _new_code() -> str:
    signs = "".join(secrets.choice(_ALPHABET) for _sign in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def _plain(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


def _place(interaction: Interaction) -> str:
    return f"interactions:payload:{interaction.id}"


def grouped(seed: str) -> str:
    """Write a seed in groups of four, as people type it."""
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
