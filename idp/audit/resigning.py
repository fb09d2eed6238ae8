"""Sign the beginning of the kept chain anew, after the key that signed it was lost: a person vouches, and it is told.

The signature is made with what is derived from the oldest key-encryption key. Who has replaced that file has a trail
that looks forged, and a purge that stops; nothing but what somebody knows tells the two apart.
"""

from idp.audit.chain import verify_rest
from idp.audit.origin import Origin, find_origin, sign_again
from idp.audit.purging import hold_still
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import transaction
from idp.core.errors import Conflict, NotFound

HELP = (
    "It also looks so when the oldest key-encryption key file was lost or replaced: put it back or, where that is "
    "known to be the cause, run idp audit resign-origin"
)
_NOTHING_PURGED = "nothing was purged: the trail begins with its first event"
_IS_OURS = "the place where the trail begins is signed by this server already"


def get_unsigned() -> Origin:
    """Return the beginning that is not signed by this server; raise NotFound or Conflict where nothing is to be signed.

    Raises Conflict, too, where what is kept does not follow from it: no lost key explains that.
    """
    origin = find_origin()
    if origin.newest_at is None:
        raise NotFound(_NOTHING_PURGED)
    if origin.is_ours:
        raise Conflict(_IS_OURS)
    verdict = verify_rest(origin)
    if not verdict.intact:
        raise Conflict(f"the chain breaks at position {verdict.first_bad}: {verdict.reason}")
    return origin


def resign_origin(seen: Origin) -> None:
    """Sign the beginning that `get_unsigned` gave and a person vouches for; raise Conflict where it has changed."""
    with transaction():
        hold_still()
        if find_origin() != seen:
            raise Conflict("the place where the trail begins has changed meanwhile")
        sign_again(seen)
        record(Tag.AUDIT_ORIGIN_SIGNED, position=seen.position, head=seen.hash)
