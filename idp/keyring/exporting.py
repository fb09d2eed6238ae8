"""What others may have of our keys."""

from typing import Any

from idp.keyring.errors import UNKNOWN_KEY, NotFound
from idp.keyring.pairs import UnfitRow, open_public
from idp.keyring.rotation import get_key


def export_public(kid: str) -> tuple[str, dict[str, Any]]:
    """Return the public half of a key as PEM and as a JWK; raise NotFound, also for a row that is not ours."""
    row = get_key(kid)
    try:
        pair = open_public(row.kid, row.alg, row.public_jwk, row.public_mark)
    except UnfitRow as error:
        raise NotFound(UNKNOWN_KEY) from error
    return pair.as_pem(private=False).decode("ascii"), row.public_jwk
