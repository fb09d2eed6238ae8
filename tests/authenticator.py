"""A software authenticator: makes passkeys and answers with them as a phone or a security key does (WebAuthn)."""

import base64
import hashlib
import html
import json
import re
import secrets

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def options_of(page):
    """What a page asks its browser's passkeys."""
    return json.loads(html.unescape(re.search(r'data-passkey="([^"]+)"', page)[1]))


class Authenticator:
    """One passkey; each answer can be bent."""

    def __init__(self, *, origin="https://id.example.com", synced=True, counts=False) -> None:
        self.origin, self.synced, self.counts = origin, synced, counts
        self.key, self.id, self.user_handle, self.count = ec.generate_private_key(ec.SECP256R1()), None, None, 0

    def create(self, options, *, verified=True):
        """Make the passkey that a page asks for."""
        self.id, self.user_handle = secrets.token_bytes(32), decode(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        data = self._data(options["rp"]["id"], verified=verified, more=ATTESTED) + attested
        answer = {
            "clientDataJSON": encode(self._client_data("webauthn.create", options["challenge"])),
            "attestationObject": encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return self._credential(answer)

    def get(self, options, *, verified=True, rp_id=None, challenge=None, handle=True, count=None):
        """Answer a sign-in."""
        self.count = self.count + 1 if count is None and self.counts else count if count is not None else self.count
        data = self._data(rp_id or options["rpId"], verified=verified)
        client = self._client_data("webauthn.get", challenge or options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {
            "clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature),
        }  # fmt: skip
        return self._credential(answer | ({"userHandle": encode(self.user_handle)} if handle else {}))

    def _credential(self, answer):
        return json.dumps({"id": encode(self.id), "rawId": encode(self.id), "type": "public-key", "response": answer})

    def _client_data(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, rp_id, *, verified, more=0):
        flags = PRESENT | more | (VERIFIED if verified else 0) | ((ELIGIBLE | BACKED_UP) if self.synced else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
