"""The reference of refusals that `error_uri` points to: every reason the protocol has to say no, cause and remedy."""

from itertools import groupby

from idp.oauth.errors import REFUSALS, Refusal


def refusals_by_error() -> list[tuple[str, list[Refusal]]]:
    """Return the refusals grouped by their error code, in order of the code."""
    rows = sorted(REFUSALS.values(), key=lambda row: row.error)
    return [(error, list(group)) for error, group in groupby(rows, key=lambda row: row.error)]
