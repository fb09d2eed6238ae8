"""«Trust this browser»: offered where it may be, and the cookie that keeps its tokens."""

from flask import Response
from flask_babel import format_timedelta

from idp.authn import policy, trusted
from idp.authn.proof import Proof
from idp.authn.request import Ask, Visit
from idp.core.http import MOST_TOKENS, set_cookie
from idp.core.settings import settings


def offered_for(visit: Visit, proof: Proof) -> str | None:
    """Return for how long, in words, a browser may go without the second step; None where nothing is let off.

    An app that asks for two factors gets them each time, and who only proves again who they are is not asked.
    """
    options = settings().second_step
    signs_in = visit.ask is Ask.EVERYTHING and not policy.prefers_two_factors(visit.interaction)
    if not options.allow_trust or not signs_in or not proof.user.has_second_step:
        return None
    return str(format_timedelta(options.trust, granularity="day", threshold=50))


def remember(response: Response, visit: Visit, proof: Proof) -> Response:
    """Send the browser the token of its trust, beside those of other people who use it."""
    tokens = (trusted.trust(proof.user_id), *visit.trust)[:MOST_TOKENS]
    set_cookie(response, "trust", ".".join(tokens), max_age=int(settings().second_step.trust.total_seconds()))
    return response
