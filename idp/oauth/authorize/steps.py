"""What is still missing before the app gets its answer, in this order: a person, their standing, their consent.

A step never leads to the next one: after each the request comes back here and is judged again.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from idp.accounts.service import find_user
from idp.authn.acr import satisfies
from idp.authn.policy import wants_step_up
from idp.core.clock import now
from idp.oauth.authorize import refusals as no
from idp.oauth.authorize.asked import Asked
from idp.oauth.authorize.consent import Offer, make_offer, must_ask
from idp.oauth.authorize.grant import FrontChannelGrant
from idp.sessions import interactions
from idp.sessions.browser_accounts import has_others_live
from idp.sessions.models import Interaction, Session

_ASKS_FOR_PERSON = frozenset({"login", "select_account", "create"})


class Step(StrEnum):
    """A page the person has to finish first."""

    LOGIN = "login"
    """The sign-in page: sign in, prove it again, or choose the account."""
    REGISTER = "register"
    CONSENT = "consent"


@dataclass(frozen=True)
class Progress:
    """How far a request has come: the step that is missing, or None, and who is behind it."""

    step: Step | None
    user: Any = None
    offer: Offer | None = None


def next_step(grant: FrontChannelGrant, session: Session | None, interaction: Interaction | None) -> Progress:
    """Return what is missing; raise FrontChannelRefused when the app gets an error instead (OIDC Core §3.1.2.6)."""
    asked = grant.get_asked()
    silent = "none" in asked.prompt
    if session is None or wants_person(asked, session, interaction):
        if silent:
            raise grant.refused(no.LOGIN_REQUIRED)
        _check_subject_exists(grant)
        return Progress(Step.REGISTER if "create" in asked.prompt else Step.LOGIN)
    user = find_user(session.user_id)
    grant.check_person(user)
    if _wants_step_up(asked, session, silent=silent):
        return Progress(Step.LOGIN)
    _check_acr(grant, session, silent=silent)
    offer = make_offer(user, asked)
    if not offer.scopes:
        raise grant.refused(no.NOTHING_TO_GRANT)
    if not must_ask(asked, offer):
        return Progress(None, user, offer)
    if silent:
        raise grant.refused(no.CONSENT_REQUIRED)
    return Progress(Step.CONSENT, user, offer)


def wants_person(asked: Asked, session: Session, interaction: Interaction | None) -> bool:
    """Tell whether somebody must sign in, sign in again or choose, before this request goes on."""
    if asked.subject is not None and asked.subject != session.user_id:
        return True
    if interaction is not None:
        return interactions.wants_person(interaction, session)
    return bool(asked.prompt & _ASKS_FOR_PERSON) or _is_too_old(asked, session) or _is_unclear(asked, session)


def _is_unclear(asked: Asked, session: Session) -> bool:
    """Tell whether several people are signed in here and the app means none in particular; silently, the one in use."""
    return asked.subject is None and "none" not in asked.prompt and has_others_live(session)


def _is_too_old(asked: Asked, session: Session) -> bool:
    return asked.max_age is not None and session.auth_time + timedelta(seconds=asked.max_age) <= now()


def _wants_step_up(asked: Asked, session: Session, *, silent: bool) -> bool:
    """Tell whether the person must take a second step first; nobody is asked silently (OIDC Core §3.1.2.1)."""
    wanted = () if silent else asked.acr_values
    required = None if silent else asked.required_acr
    return wants_step_up(session.user_id, session.acr, required=required, acr_values=wanted)


def _check_subject_exists(grant: FrontChannelGrant) -> None:
    """Don't ask for the sign-in of somebody who is gone."""
    subject = grant.get_asked().subject
    if subject is not None and find_user(subject) is None:
        raise grant.refused(no.OTHER_PERSON)


def _check_acr(grant: FrontChannelGrant, session: Session, *, silent: bool) -> None:
    """Fail when an essential acr is not reached: "treat that ... as a failed authentication" (OIDC Core §5.5.1.1)."""
    asked = grant.get_asked()
    too_weak = asked.required_acr is not None and session.acr < asked.required_acr
    if too_weak or not satisfies(session.acr, asked.essential_acr):
        raise grant.refused(no.LOGIN_REQUIRED if silent else no.ACR_UNMET)
