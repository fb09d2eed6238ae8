"""What a visit to the sign-in pages brings along, read once."""

from dataclasses import dataclass
from enum import StrEnum

from flask import request, url_for

from idp.authn.policy import wants_step_up
from idp.core.http import read_tokens, safe_next
from idp.sessions import interactions
from idp.sessions.http import current_session, enter
from idp.sessions.models import Interaction, Session


class Ask(StrEnum):
    """What the sign-in page has to ask."""

    NOTHING = "nothing"
    """The person is signed in and may go on."""
    CHOICE = "choice"
    """The person is signed in, and the app wants to hear that this is the account."""
    AGAIN = "again"
    """The person is signed in, and must prove it again."""
    STEP_UP = "step_up"
    """The person is signed in, and must add a second step."""
    EVERYTHING = "everything"


@dataclass(frozen=True)
class Visit:
    """A visit to the sign-in page: for an app (`flow`) or for a page of ours (`next`)."""

    interaction: Interaction | None
    next: str | None
    switch: bool
    """The person wants to use another account."""
    session: Session | None
    trust: tuple[str, ...] = ()
    """Tokens that say who trusts this browser."""

    @property
    def flow(self) -> str | None:
        """The id of the interaction, as pages carry it."""
        return self.interaction.id if self.interaction else None

    @property
    def hint(self) -> str:
        """The address that an app hints at, or nothing; no longer than an address is."""
        return (self.interaction.login_hint or "")[:254] if self.interaction else ""

    @property
    def only(self) -> str | None:
        """The id of the only person who may answer this visit, when it is about one."""
        if self.ask is Ask.AGAIN and self.session is not None:
            return self.session.user_id
        return self.interaction.user_id if self.interaction else None

    @property
    def is_before_an_act(self) -> bool:
        """Whether a person who is signed in confirms who they are before a dangerous act of theirs."""
        asked = self.interaction
        if asked is None or self.session is None:
            return False
        return asked.user_id == self.session.user_id and asked.client_id is None

    @property
    def destination(self) -> str:
        """Where the browser goes when the person is signed in."""
        if self.interaction is not None:
            return self.interaction.return_to
        return self.next or url_for("portal.home")

    @property
    def ask(self) -> Ask:
        """What is asked of the person on this visit."""
        if self.session is None or self.switch:
            return Ask.EVERYTHING
        if self.interaction is None:
            return Ask.NOTHING
        if self.interaction.user_id not in {None, self.session.user_id}:
            return Ask.EVERYTHING
        if interactions.wants_reauthentication(self.interaction, self.session):
            return Ask.AGAIN
        if self._wants_step_up(self.interaction, self.session):
            return Ask.STEP_UP
        return Ask.CHOICE if interactions.wants_choice(self.interaction, self.session) else Ask.NOTHING

    @staticmethod
    def _wants_step_up(interaction: Interaction, session: Session) -> bool:
        return wants_step_up(
            session.user_id, session.acr, required=interaction.required_acr, acr_values=tuple(interaction.acr_values)
        )


def load_visit(*flows: str | None) -> Visit:
    """Read `flow`, `next` and `switch` from the address or the form; raise InteractionExpired.

    A page that knows its flow from elsewhere, or that there is none, says so.
    """
    values = request.form if request.method == "POST" else request.args
    flow = flows[0] if flows else values.get("flow")
    return Visit(
        interaction=enter(flow[:40]) if flow else None,
        next=safe_next(values.get("next")),
        switch=bool(values.get("switch")),
        session=current_session(),
        trust=read_tokens("trust"),
    )
