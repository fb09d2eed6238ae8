"""The new recovery codes as a file."""

from flask import Response

from idp.authn.enrol import pending
from idp.authn.enrol.http import parts
from idp.sessions import http as sessions
from idp.sessions import interactions
from idp.sessions.errors import InteractionExpired
from idp.sessions.models import Interaction


def show(flow: str) -> Response:
    """Answer with the codes that wait in an interaction of this browser and this person; raise InteractionExpired."""
    interaction = sessions.enter(flow)
    waiting = pending.get(interaction)
    if not waiting.codes or not _is_theirs(interaction):
        raise InteractionExpired
    return parts.as_file(waiting.codes)


def _is_theirs(interaction: Interaction) -> bool:
    if interaction.proved_user_id is not None:
        return interactions.find_prover(interaction) is not None
    session = sessions.current_session()
    return session is not None and session.user_id == interaction.user_id and sessions.is_fresh()
