"""Interactions: what a browser must finish before it may go on. Bound to that browser, expiring, finished once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update

from idp.accounts.email.links import credential_of
from idp.accounts.models import User
from idp.accounts.service import find_user, is_usable
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.http import browser_id
from idp.core.secrets import digest, equal
from idp.core.settings import settings
from idp.sessions.browser_accounts import has_others_live
from idp.sessions.errors import InteractionExpired
from idp.sessions.models import Interaction, Session

_LOGIN = "login"
_CHOOSES = frozenset({"select_account", "create"})
"""Prompts that a live session alone does not answer."""


def start(
    *,
    return_to: str,
    client_id: str | None = None,
    client_name: str | None = None,
    client_host: str | None = None,
    redirect_origin: str | None = None,
    login_hint: str | None = None,
    ui_locales: str | None = None,
    prompt: list[str] | None = None,
    max_age: int | None = None,
    acr_values: list[str] | None = None,
    required_acr: str | None = None,
    payload: dict[str, Any] | None = None,
    user_id: str | None = None,
) -> Interaction:
    """Write down what this browser must finish, and the local address it goes to then.

    `user_id` fixes the only person who may finish it. `max_age` is in seconds.
    """
    interaction = Interaction(
        browser_digest=digest(browser_id()), return_to=return_to, client_id=client_id, client_name=client_name,
        client_host=client_host, redirect_origin=redirect_origin, login_hint=login_hint, ui_locales=ui_locales,
        prompt=list(prompt or ()), max_age=max_age, acr_values=list(acr_values or ()), required_acr=required_acr,
        payload=payload or {}, user_id=user_id, created_at=now(),
        expires_at=now() + settings().sessions.interaction_lifetime,
    )  # fmt: skip
    with transaction() as session:
        session.add(interaction)
        session.flush()
    return interaction


def get(interaction_id: str) -> Interaction:
    """Return an interaction of this browser that still waits; raise InteractionExpired for every other."""
    found = db.session.get(Interaction, interaction_id)
    if found is None or found.finished_at is not None or found.expires_at <= now():
        raise InteractionExpired
    if not equal(found.browser_digest, digest(browser_id())):
        raise InteractionExpired
    return found


def finish(interaction_id: str) -> bool:
    """Take an interaction out of the world, once; return whether it was this call that did."""
    moment = now()
    statement = (
        update(Interaction)
        .where(Interaction.id == interaction_id, Interaction.finished_at.is_(None), Interaction.expires_at > moment)
        .values(finished_at=moment)
        .returning(Interaction.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        return session.execute(statement).first() is not None


def wants_reauthentication(interaction: Interaction, session: Session) -> bool:
    """Tell whether the person of a session must prove again who they are (OpenID Connect Core §3.1.2.1)."""
    if _LOGIN in interaction.prompt and session.auth_time < interaction.created_at:
        return True
    if interaction.max_age is None or session.auth_time >= interaction.created_at:
        return False
    return session.auth_time + timedelta(seconds=interaction.max_age) <= now()


def wants_choice(interaction: Interaction, session: Session) -> bool:
    """Tell whether the person must first say that this is the account to go on with."""
    for_app = interaction.client_id is not None and interaction.user_id is None
    asks = bool(_CHOOSES.intersection(interaction.prompt)) or (for_app and has_others_live(session))
    return asks and interaction.settled_user_id != session.user_id


def wants_person(interaction: Interaction, session: Session | None) -> bool:
    """Tell whether the sign-in page still has something to ask before this interaction may go on."""
    if session is None or (interaction.user_id and interaction.user_id != session.user_id):
        return True
    return wants_reauthentication(interaction, session) or wants_choice(interaction, session)


def settle(interaction_id: str, user_id: str) -> None:
    """Write down who signed in for an interaction, or was chosen for it."""
    _change(interaction_id, settled_user_id=user_id, settled_at=now(), proved_user_id=None)


def record_proof(
    interaction_id: str, user_id: str, amr: list[str], *, at: datetime, credential: str, remember: bool
) -> None:
    """Write down which factors a person has proved here, while more is asked of them."""
    _change(
        interaction_id,
        proved_user_id=user_id,
        proved_amr=amr,
        proved_at=at,
        proved_credential=credential,
        remember=remember,
    )


def count_step_try(interaction_id: str, most: int) -> bool:
    """Count one code tried in an interaction, before it is looked at; return whether it may be."""
    statement = (
        update(Interaction)
        .where(Interaction.id == interaction_id, Interaction.finished_at.is_(None), Interaction.step_tries < most)
        .values(step_tries=Interaction.step_tries + 1)
        .returning(Interaction.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        return session.execute(statement).first() is not None


def note(interaction: Interaction, **values: Any) -> None:
    """Keep more of the owner's own data."""
    _change(interaction.id, payload={**interaction.payload, **values})


def forget_proof(interaction_id: str) -> None:
    """Let a sign-in begin anew."""
    _change(interaction_id, proved_user_id=None, proved_amr=[], proved_credential=None, proved_at=None, step_tries=0)


def forget_person(user_id: str) -> None:
    """Delete what browsers have begun for, or as, a person who is gone."""
    about = or_(
        Interaction.user_id == user_id, Interaction.proved_user_id == user_id, Interaction.settled_user_id == user_id
    )
    with transaction() as session:
        session.execute(delete(Interaction).where(about).execution_options(synchronize_session=False))


def find_prover(interaction: Interaction) -> User | None:
    """Return who has proved something here and may go on, unless their credentials have changed since."""
    user = find_user(interaction.proved_user_id) if interaction.proved_user_id else None
    if user is None or not is_usable(user) or interaction.proved_credential != credential_of(user):
        return None
    return user


def _change(interaction_id: str, **values: Any) -> None:
    statement = update(Interaction).where(Interaction.id == interaction_id, Interaction.finished_at.is_(None))
    with transaction() as session:
        session.execute(statement.values(values).execution_options(synchronize_session=False))
