"""The keys as this process holds them: parsed once, kept until the change feed names a key.

Parsing an RSA key costs as much as a hundred signatures, so nothing here happens per request.
"""

import base64
import logging
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask
from joserfc.jws import JWSRegistry
from sqlalchemy import select

from idp.core.cache import Cache
from idp.core.db import db, single_statements
from idp.feed.service import on_change
from idp.keyring.errors import NoActiveKey
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import KID, Pair, UnfitRow, open_private, open_public

_log = logging.getLogger("idp.keyring")
_EXTENSION = "idp.keyring"
_ORDER = [State.ACTIVE, State.NEXT, State.VERIFY_ONLY]
_READ = select(
    SigningKey.kid, SigningKey.alg, SigningKey.state, SigningKey.public_jwk, SigningKey.public_mark,
    SigningKey.private_sealed, SigningKey.activated_at,
).where(SigningKey.state.in_(_ORDER)).order_by(SigningKey.created_at.desc(), SigningKey.kid)  # fmt: skip


@dataclass(frozen=True)
class HeldKey:
    """A key that verifies; the one that signs has its private half too."""

    kid: str
    alg: str
    pair: Pair
    since: int = 0
    """When it began to sign here, in seconds since the epoch: what it signed before, it signed elsewhere."""
    headers: dict[str, bytes] = field(default_factory=dict)
    """The first part of its tokens by their type, encoded once."""

    def header(self, typ: str) -> bytes:
        """Return the encoded header of a token of a type (RFC 7515 §4.1)."""
        if typ not in self.headers:
            self.headers[typ] = encode(orjson.dumps({"alg": self.alg, "kid": self.kid, "typ": typ}))
        return self.headers[typ]

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, by the algorithm of the key and no other."""
        return JWSRegistry.algorithms[self.alg].sign(message, self.pair)

    def is_signature(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a signature is this key's, by the algorithm of the key and no other (RFC 8725 §3.1)."""
        return JWSRegistry.algorithms[self.alg].verify(message, signature, self.pair)


@dataclass
class Ring:
    """The published keys: which verify, which sign, and the set that others read.

    A key that never signed here is published and verifies nothing of ours: others may hold it, too.
    """

    verifiers: dict[str, HeldKey] = field(default_factory=dict)
    published: list[dict[str, Any]] = field(default_factory=list)
    sealed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """For each algorithm the id and the sealed private half of its active key."""
    signers: dict[str, HeldKey] = field(default_factory=dict)

    def signer(self, alg: str) -> HeldKey:
        """Return the key that signs, opened the first time; raise NoActiveKey, CipherError."""
        if alg not in self.signers:
            if alg not in self.sealed:
                raise NoActiveKey(f"no active {alg} signing key: run `idp init`, or `idp key next --alg {alg}`")
            kid, sealed = self.sealed[alg]
            pair = open_private(kid, sealed)
            if kid not in self.verifiers:
                raise NoActiveKey(f"the active {alg} signing key was edited in the database: restore its row")
            self.signers[alg] = HeldKey(kid, alg, pair)
        return self.signers[alg]


_cache: Cache[Ring] = Cache("idp.keyring", most=1)
_RING = "ring"


def encode(value: bytes) -> bytes:
    """Write bytes as JOSE does: base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def ring() -> Ring:
    """Return the keys, read when they are not in memory."""
    return _cache.get(_RING, _read) or Ring()


def find_lasting(kid: str) -> HeldKey | None:
    """Return a key that verifies what stays: a published one, or one that was retired when its time had come.

    One that was retired before may be in other hands, and one that never signed here is: they vouch for nothing.
    """
    if (held := ring().verifiers.get(kid)) or not KID.fullmatch(kid):
        return held
    row = db.session.get(SigningKey, kid)
    if row is None or row.retire_at is None or row.retired_at is None or row.retired_at < row.retire_at:
        return None
    if row.activated_at is None:
        return None
    try:
        pair = open_public(kid, row.alg, row.public_jwk, row.public_mark)
        return HeldKey(kid, row.alg, pair, int(row.activated_at.timestamp()))
    except UnfitRow:
        return None


def forget(app: Flask | None = None) -> None:
    """Drop the parsed keys; the next use reads them again."""
    _cache.forget(app=app)


@on_change("key")
def _on_change(_subject: str) -> None:
    forget()


def _read() -> Ring | None:
    """Read the published keys; None when there are none, so that the first one is seen when it comes."""
    found = Ring()
    with single_statements() as connection:
        rows = connection.execute(_READ).all()
    for row in sorted(rows, key=lambda row: _ORDER.index(State(row.state))):
        if row.state == State.ACTIVE and row.private_sealed:
            found.sealed[row.alg] = (row.kid, row.private_sealed)
        try:
            pair = open_public(row.kid, row.alg, row.public_jwk, row.public_mark)
        except Exception:  # noqa: BLE001 - one bad row must not stop the others from verifying
            _log.exception("signing key %s cannot be used", row.kid)
            continue
        if row.activated_at is not None:
            found.verifiers[row.kid] = HeldKey(row.kid, row.alg, pair, int(row.activated_at.timestamp()))
        found.published.append(row.public_jwk)
    return found if rows else None
