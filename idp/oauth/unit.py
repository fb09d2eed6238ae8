"""One request, one transaction; a refusal undoes it, except where the refusal itself must leave its mark."""

from collections.abc import Iterator
from contextlib import contextmanager

from idp.core.db import transaction
from idp.oauth.errors import Refused


@contextmanager
def one_unit() -> Iterator[None]:
    """Keep everything or nothing; a refusal with `keep` is raised after what was written is safe.

    A code that fails its checks is spent, and a reused token takes its family along, although the answer is an error.
    """
    kept: Refused | None = None
    with transaction():
        try:
            yield
        except Refused as refused:
            if not refused.keep:
                raise
            kept = refused
    if kept is not None:
        raise kept
