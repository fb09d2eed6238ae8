"""What it would cost to try the password of an encrypted key (PKCS #8), read before anybody tries.

The file itself says how often its password is hashed: who sends one could let a server work for hours.
"""

import base64
import binascii
import re
from collections.abc import Iterator

MOST_ROUNDS = 1_000_000
"""Of PBKDF2 and its elders; OpenSSL writes 2048, the most careful programs some hundred thousand."""
MOST_SCRYPT = 2**17
"""The most that scrypt's N may be; OpenSSL writes 2^14."""
MOST_SCRYPT_BLOCKS = 2**20
"""The most that N, r and p may be together: 128 MB."""
_BODY = re.compile(rb"-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z ]+-----")
_DEEPEST = 8
_SEQUENCE, _INTEGER, _OID = 0x30, 0x02, 0x06
_SCRYPT = bytes.fromhex("2b06010401da47040b")
"""1.3.6.1.4.1.11591.4.11 (RFC 7914 §7)."""
Part = tuple[int, bytes]


def is_costly(block: bytes) -> bool:
    """Tell whether the password of an ENCRYPTED PRIVATE KEY is too costly to try; raise ValueError (RFC 5958)."""
    found = _BODY.fullmatch(block)
    if found is None:
        raise ValueError("PEM")
    try:
        whole = base64.b64decode(b"".join(found[1].split()), validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error
    # EncryptedPrivateKeyInfo is a sequence of two: how it is encrypted, and what.
    leaves = [*_leaves(_first(_first(whole)))]
    numbers = [int.from_bytes(value, "big") for kind, value in leaves if kind == _INTEGER]
    if (_OID, _SCRYPT) in leaves:
        cost, blocks, lanes = numbers[:3] if len(numbers) > 2 else (MOST_SCRYPT + 1, 1, 1)
        if cost > MOST_SCRYPT or cost * blocks * lanes > MOST_SCRYPT_BLOCKS:
            return True
    return max(numbers, default=0) > MOST_ROUNDS


def _leaves(data: bytes, depth: int = 0) -> Iterator[Part]:
    """Walk through sequences within sequences, the first first."""
    if depth > _DEEPEST:
        raise ValueError("DER")
    for kind, value in _parts(data):
        if kind == _SEQUENCE:
            yield from _leaves(value, depth + 1)
        else:
            yield kind, value


def _first(data: bytes) -> bytes:
    """Return the content of the first value."""
    parts = _parts(data)
    if not parts or parts[0][0] != _SEQUENCE:
        raise ValueError("DER")
    return parts[0][1]


def _parts(data: bytes) -> list[Part]:
    """Split the values of DER that stand in a row into kind and content (X.690 §8.1)."""
    parts, at = [], 0
    while at < len(data):
        kind, size, at = data[at], *_size(data, at + 1)
        if at + size > len(data):
            raise ValueError("DER")
        parts.append((kind, data[at : at + size]))
        at += size
    return parts


def _size(data: bytes, at: int) -> tuple[int, int]:
    """Return how long a content is, and where it begins."""
    if at >= len(data):
        raise ValueError("DER")
    if data[at] < 0x80:
        return data[at], at + 1
    count = data[at] & 0x7F
    if not 1 <= count <= 4 or at + 1 + count > len(data):
        raise ValueError("DER")
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count
