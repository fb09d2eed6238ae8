"""Which step of a sign-in is next: a state machine over the factors a browser has proved and the person they prove.

A session is opened when no step is due any more; before that, what was proved waits in the interaction. A factor is
one file beside this one, whose `verify()` returns a `Proof`; a step is one row in `STEPS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from idp.accounts.links import credential_of
from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails
from idp.authn.proof import Proof
from idp.core.db import transaction
from idp.core.settings import settings
from idp.sessions import browsers, interactions
from idp.sessions.browsers import Familiarity
from idp.sessions.models import Interaction, Session


@dataclass(frozen=True)
class Step:
    """Something a person must do between the first factor and the session."""

    name: str
    endpoint: str
    """The page that does it, by its URL name; it is given `flow`."""
    is_due: Callable[[Proof], bool]


def _must_confirm_address(proof: Proof) -> bool:
    return not proof.user.email_verified


def _must_accept_terms(proof: Proof) -> bool:
    return bool(settings().brand.terms_url) and proof.user.terms_accepted_at is None


VERIFY_EMAIL = Step("email", "accounts.verify", _must_confirm_address)
TERMS = Step("terms", "authn.required", _must_accept_terms)
STEPS = (VERIFY_EMAIL, TERMS)
"""In this order."""


def resume(interaction: Interaction) -> Proof | None:
    """Return what was proved in an interaction and still holds, or None."""
    user = interactions.find_prover(interaction)
    if user is None or interaction.proved_at is None:
        return None
    return Proof(user, tuple(interaction.proved_amr), interaction.proved_at, credential_of(user), interaction.remember)


def next_step(proof: Proof) -> Step | None:
    """Return the first step that is due, or None when the session may be opened."""
    return next((step for step in STEPS if step.is_due(proof)), None)


def wait_for_step(proof: Proof, interaction: Interaction | None, return_to: str) -> Interaction:
    """Keep what was proved until the next step is done; a sign-in without an interaction gets one."""
    with transaction():
        interaction = interaction or interactions.start(return_to=return_to)
        interactions.record_proof(
            interaction.id, proof.user.id, list(proof.amr), at=proof.proved_at, credential=proof.credential,
            remember=proof.remember,
        )  # fmt: skip
    return interaction


def record_sign_in(proof: Proof, session: Session, interaction: Interaction | None) -> None:
    """Write down a sign-in, in the transaction that opens its session, and tell the owner of a new browser."""
    user = proof.user
    record(
        Tag.LOGIN_SUCCEEDED, actor=f"user:{user.id}", subject=f"user:{user.id}", session_id=session.id,
        client_id=interaction.client_id if interaction else None, amr=list(proof.amr), remember=session.remember,
    )  # fmt: skip
    if browsers.remember(user.id) is Familiarity.NEW:
        mails.new_sign_in(user)
    if interaction is not None:
        interactions.settle(interaction.id, user.id)


def record_reauthentication(user: User, session: Session, interaction: Interaction | None) -> None:
    """Write down that a person has proved again who they are, in the transaction that rotates their session."""
    record(Tag.LOGIN_REAUTHENTICATED, subject=f"user:{user.id}", session_id=session.id)
    browsers.remember(user.id)
    if interaction is not None:
        interactions.settle(interaction.id, user.id)
