"""The second step of a sign-in: counted before it is looked at, by person and by sign-in."""

from collections.abc import Mapping

from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn import mails
from idp.authn.errors import StartAgain, TooManyTries, WrongCode
from idp.authn.factors import SecondFactor
from idp.authn.proof import Proof
from idp.core.db import transaction
from idp.core.errors import TooMany
from idp.limits.policy import SECOND_STEP, SECOND_STEP_KNOWN_BROWSER, Limit
from idp.limits.service import clear, take
from idp.sessions import browsers, interactions

_MOST_TRIES = 5
"""Codes that may be tried in one sign-in; after that it begins again."""


def verify(proof: Proof, interaction_id: str, factor: SecondFactor, answer: Mapping[str, str]) -> Proof:
    """Return a proof that the person took the second step.

    Raises WrongCode, UsedCode; StartAgain when this sign-in has had its tries, TooManyTries when the account has.
    """
    user = proof.user
    limit, key = _counter_of(user)
    if factor.is_guessable:
        _count(user, interaction_id, limit, key)
    try:
        methods = factor.verify(user, answer)
    except WrongCode:
        record(Tag.LOGIN_STEP_FAILED, subject=f"user:{user.id}", reason="code", way=factor.name)
        raise
    if factor.is_guessable:
        clear(limit, key)
    return proof.with_methods(*methods)


def _counter_of(user: User) -> tuple[Limit, str]:
    if browsers.is_known(user.id):
        return SECOND_STEP_KNOWN_BROWSER, f"{user.id}:{browsers.browser_digest()}"
    return SECOND_STEP, user.id


def _count(user: User, interaction_id: str, limit: Limit, key: str) -> None:
    try:
        take(limit, key)
    except TooMany as error:
        record(Tag.LOGIN_STEP_FAILED, subject=f"user:{user.id}", reason="limited")
        raise TooManyTries(error.retry_after, may_reset=False) from error
    if interactions.count_step_try(interaction_id, _MOST_TRIES):
        return
    with transaction():
        interactions.forget_proof(interaction_id)
        record(Tag.LOGIN_STEP_FAILED, subject=f"user:{user.id}", reason="used_up")
        mails.second_step_failed(user)
    raise StartAgain
