"""Password hashes that were made elsewhere and imported: verified here, renewed by `passwords` at the next sign-in.

bcrypt, argon2, and pbkdf2-sha256 and scrypt as passlib, Django and Werkzeug write them.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable

import bcrypt
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

_Derive = Callable[[bytes, bytes, int], bytes]
"""Password, salt and wanted length in; the derived bytes out."""
_BCRYPT = re.compile(r"\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}")
_PBKDF2 = re.compile(r"\$pbkdf2-sha256\$(\d{1,8})\$([^$]*)\$([^$]+)")
_PBKDF2_DJANGO = re.compile(r"pbkdf2_sha256\$(\d{1,8})\$([^$]+)\$([^$]+)")
_PBKDF2_WERKZEUG = re.compile(r"pbkdf2:sha256:(\d{1,8})\$([^$]+)\$([0-9a-f]+)")
_SCRYPT = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([^$]*)\$([^$]+)")
_SCRYPT_WERKZEUG = re.compile(r"scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3})\$([^$]+)\$([0-9a-f]+)")
_MOST_ROUNDS = 5_000_000
_MOST_MEMORY = 256 * 1024 * 1024
_MOST_BCRYPT_COST = 16
_BCRYPT_BYTES = 72


def is_known(stored: str) -> bool:
    """Tell whether a hash is of a kind, and of a cost, that can be verified here."""
    if stored.startswith("$argon2"):
        return _argon2_is_affordable(stored)
    return _bcrypt(stored) is not None or _derivation(stored) is not None


def verify(stored: str, password: bytes) -> bool:
    """Check a password against a foreign hash; one that is not known fits nothing."""
    if stored.startswith("$argon2"):
        return _argon2_is_affordable(stored) and _verify_argon2(stored, password)
    if _bcrypt(stored):
        return _verify_bcrypt(stored, password)
    if parts := _derivation(stored):
        function, salt, wanted = parts
        return hmac.compare_digest(function(password, salt, len(wanted)), wanted)
    return False


def _bcrypt(stored: str) -> re.Match[str] | None:
    match = _BCRYPT.fullmatch(stored)
    return match if match and int(match[1]) <= _MOST_BCRYPT_COST else None


def _verify_bcrypt(stored: str, password: bytes) -> bool:
    try:
        # The makers of these hashes cut at 72 bytes, so the check has to.
        return bcrypt.checkpw(password[:_BCRYPT_BYTES], stored.encode())
    except ValueError:
        return False


def _argon2_is_affordable(stored: str) -> bool:
    try:
        values = extract_parameters(stored)
    except InvalidHashError:
        return False
    return values.memory_cost * 1024 <= _MOST_MEMORY and values.time_cost <= 20 and values.parallelism <= 16


def _verify_argon2(stored: str, password: bytes) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _derivation(stored: str) -> tuple[_Derive, bytes, bytes] | None:
    """Read a pbkdf2 or scrypt hash into a function, its salt and the value it must give."""
    try:
        return _pbkdf2(stored) or _scrypt(stored)
    except (binascii.Error, ValueError):
        return None


def _pbkdf2(stored: str) -> tuple[_Derive, bytes, bytes] | None:
    if match := _PBKDF2.fullmatch(stored):
        salt, wanted = _unpadded(match[2]), _unpadded(match[3])
    elif match := _PBKDF2_DJANGO.fullmatch(stored):
        salt, wanted = match[2].encode(), base64.b64decode(match[3], validate=True)
    elif match := _PBKDF2_WERKZEUG.fullmatch(stored):
        salt, wanted = match[2].encode(), bytes.fromhex(match[3])
    else:
        return None
    rounds = int(match[1])
    if not 0 < rounds <= _MOST_ROUNDS or not wanted:
        return None
    return lambda password, salt, size: hashlib.pbkdf2_hmac("sha256", password, salt, rounds, size), salt, wanted


def _scrypt(stored: str) -> tuple[_Derive, bytes, bytes] | None:
    if match := _SCRYPT.fullmatch(stored):
        n, salt, wanted = 1 << int(match[1]), _unpadded(match[4]), _unpadded(match[5])
    elif match := _SCRYPT_WERKZEUG.fullmatch(stored):
        n, salt, wanted = int(match[1]), match[4].encode(), bytes.fromhex(match[5])
    else:
        return None
    r, p = int(match[2]), int(match[3])
    memory = 128 * r * (n + p)
    if n < 2 or n & (n - 1) or not r or not 0 < p <= 16 or memory > _MOST_MEMORY or not wanted:
        return None
    spare = memory + 1024 * 1024
    return (
        lambda password, salt, size: hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=spare, dklen=size),
        salt,
        wanted,
    )


def _unpadded(text: str) -> bytes:
    """Decode base64 without padding, where `.` may stand for `+`."""
    return base64.b64decode(text.replace(".", "+") + "=" * (-len(text) % 4), validate=True)
