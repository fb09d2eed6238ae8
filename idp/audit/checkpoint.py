"""Signed checkpoints: the chain's head at a moment, kept outside, so that a rewritten chain shows."""

from typing import Any

from idp.audit import chain
from idp.audit.signing import is_signed, public_key, sign
from idp.core.clock import now
from idp.core.errors import DomainError
from idp.core.settings import settings


def create_checkpoint() -> dict[str, Any]:
    """Seal what waits and sign the head of the chain (Ed25519)."""
    while chain.seal_events():
        pass
    position, head = chain.head()
    body = {"issuer": settings().issuer, "position": position, "head": head, "at": now().isoformat()}
    return {**body, "public_key": public_key(), "signature": sign(body)}


def check_checkpoint(checkpoint: dict[str, Any]) -> None:
    """Compare the chain with a checkpoint taken before; raise DomainError naming what differs.

    Raises Purged where the event at its place is not kept any more: then there is nothing to compare with.
    """
    body = {name: checkpoint.get(name) for name in ("issuer", "position", "head", "at")}
    if not is_signed(body, str(checkpoint.get("signature", ""))):
        raise DomainError("the checkpoint was not signed by this server, or it was changed")
    if body["position"] == 0:
        return
    if chain.hash_at(int(str(body["position"]))) != body["head"]:
        raise DomainError(f"the event at position {body['position']} is not the one of the checkpoint")
