"""Which step of a sign-in is next: a state machine over the factors a browser has proved and the person they prove.

A session is opened when no step is due any more; before that, what was proved waits in the interaction. A factor is
one file beside this one, whose `verify()` returns what it proves; a step is one row in `STEPS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from idp.accounts.email.links import credential_of
from idp.accounts.lifecycle.registration import must_accept_terms
from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails, policy, risk, trusted
from idp.authn.acr import TWO_FACTORS
from idp.authn.factors import list_ways
from idp.authn.passkeys import second as passkey
from idp.authn.proof import Proof
from idp.core.clock import now
from idp.core.db import transaction
from idp.core.settings import settings
from idp.sessions import browsers, interactions
from idp.sessions.browsers import Familiarity
from idp.sessions.models import Interaction, Session


@dataclass(frozen=True)
class SignIn:
    """A sign-in on its way: what was proved so far, and for what."""

    proof: Proof
    interaction: Interaction | None = None
    is_again: bool = False
    """The person is signed in here and proves it once more: nothing is let off then."""
    trust: tuple[str, ...] = ()
    """Tokens that say who trusts this browser."""


@dataclass(frozen=True)
class Step:
    """Something a person must do between the first factor and the session."""

    name: str
    endpoint: str
    """The page that does it, by its URL name; it is given `step` and `flow`."""
    is_due: Callable[[SignIn], bool]


def _must_take_second_step(sign_in: SignIn) -> bool:
    user = sign_in.proof.user
    if sign_in.proof.acr >= TWO_FACTORS or not list_ways(user.id):
        return False
    if policy.prefers_two_factors(sign_in.interaction):
        return True
    if not user.has_second_step and not policy.requires_second_step(user):
        return False
    return sign_in.is_again or not trusted.is_trusted(user.id, sign_in.trust)


def _must_enrol(sign_in: SignIn) -> bool:
    user = sign_in.proof.user
    if sign_in.proof.acr >= TWO_FACTORS or list_ways(user.id):
        return False
    return policy.requires_two_factors(sign_in.interaction) or policy.requires_second_step(user)


def _must_confirm_address(sign_in: SignIn) -> bool:
    return not sign_in.proof.user.email_verified


def _must_change_password(sign_in: SignIn) -> bool:
    user = sign_in.proof.user
    return user.must_change_password and user.has_password


def _must_accept_terms(sign_in: SignIn) -> bool:
    return must_accept_terms(sign_in.proof.user)


def _must_tell_name(sign_in: SignIn) -> bool:
    return settings().accounts.require_name and not sign_in.proof.user.name


def _may_want_passkey(sign_in: SignIn) -> bool:
    policy, user = settings().accounts, sign_in.proof.user
    if not policy.offer_passkeys or sign_in.is_again or "pwd" not in sign_in.proof.amr:
        return False
    asked = user.passkey_offered_at
    return (asked is None or asked + policy.offer_passkeys_every <= now()) and not passkey.is_enrolled(user.id)


SECOND_STEP = Step("second-step", "authn.verify", _must_take_second_step)
VERIFY_EMAIL = Step("email", "accounts.verify", _must_confirm_address)
ENROL = Step("enrol", "authn.required", _must_enrol)
PASSWORD = Step("password", "authn.required", _must_change_password)
TERMS = Step("terms", "authn.required", _must_accept_terms)
PROFILE = Step("profile", "authn.required", _must_tell_name)
PASSKEY = Step("passkey", "authn.required", _may_want_passkey)
STEPS = (SECOND_STEP, VERIFY_EMAIL, ENROL, PASSWORD, TERMS, PROFILE, PASSKEY)
"""In this order: who has not taken the second step gets to see nothing else."""


def resume(interaction: Interaction) -> Proof | None:
    """Return what was proved in an interaction and still holds, or None."""
    user = interactions.find_prover(interaction)
    if user is None or interaction.proved_at is None:
        return None
    return Proof(user, tuple(interaction.proved_amr), interaction.proved_at, credential_of(user), interaction.remember)


def next_step(sign_in: SignIn) -> Step | None:
    """Return the first step that is due, or None when the session may be opened."""
    return next((step for step in STEPS if step.is_due(sign_in)), None)


def due_steps(sign_in: SignIn) -> list[Step]:
    """List every step that is due, in order."""
    return [step for step in STEPS if step.is_due(sign_in)]


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
    familiarity = browsers.remember(user.id)
    if familiarity is not Familiarity.FIRST:
        # Whoever signs in for the first time of all is new everywhere.
        risk.judge(session)
    if familiarity is Familiarity.NEW:
        mails.new_sign_in(user)
    if interaction is not None:
        interactions.settle(interaction.id, user.id)


def record_reauthentication(user: User, session: Session, interaction: Interaction | None) -> None:
    """Write down that a person has proved again who they are, in the transaction that rotates their session."""
    record(Tag.LOGIN_REAUTHENTICATED, subject=f"user:{user.id}", session_id=session.id, amr=list(session.amr))
    browsers.remember(user.id)
    if interaction is not None:
        interactions.settle(interaction.id, user.id)
