"""«Step 1 of 2»: how far a person has come with what is asked of them."""

from flask_babel import gettext as _

from idp.authn import flow
from idp.authn.http.shared import sign_in_of
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.sessions import interactions

_FIELD = "steps"


def progress(visit: Visit, proof: Proof) -> str | None:
    """Say which of the steps this is, or nothing when it is the only one."""
    if visit.interaction is None:
        return None
    left = len(flow.due_steps(sign_in_of(visit, proof)))
    known = int(visit.interaction.payload.get(_FIELD, 0))
    total = max(known, left)
    if total > known:
        interactions.note(visit.interaction, **{_FIELD: total})
    return _("Step %(number)s of %(total)s", number=total - left + 1, total=total) if total > 1 else None
