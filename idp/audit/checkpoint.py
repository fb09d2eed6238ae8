"""Signed checkpoints: the chain's head at a moment, kept outside, so that a rewritten chain shows."""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from idp.audit import chain
from idp.audit.models import Event
from idp.core.cipher import derive
from idp.core.clock import now
from idp.core.db import db
from idp.core.errors import DomainError
from idp.core.settings import settings


def create_checkpoint() -> dict[str, Any]:
    """Seal what waits and sign the head of the chain (Ed25519)."""
    while chain.seal_events():
        pass
    position, head = chain.head()
    body = {"issuer": settings().issuer, "position": position, "head": head, "at": now().isoformat()}
    key = _key()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {**body, "public_key": _encode(public), "signature": _encode(key.sign(_canonical(body)))}


def check_checkpoint(checkpoint: dict[str, Any]) -> None:
    """Compare the chain with a checkpoint taken before; raise DomainError naming what differs."""
    body = {name: checkpoint.get(name) for name in ("issuer", "position", "head", "at")}
    try:
        signature = base64.urlsafe_b64decode(str(checkpoint.get("signature", "")))
        public: Ed25519PublicKey = _key().public_key()
        public.verify(signature, _canonical(body))
    except (InvalidSignature, ValueError) as error:
        raise DomainError("the checkpoint was not signed by this server, or it was changed") from error
    if body["position"] == 0:
        return
    found = db.session.execute(select(Event.hash).where(Event.position == body["position"])).scalar()
    if found != body["head"]:
        raise DomainError(f"the event at position {body['position']} is not the one of the checkpoint")


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive("audit-checkpoint"))


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()
