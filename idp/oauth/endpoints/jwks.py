"""The public keys that check our signatures (RFC 7517 §5)."""

import hashlib
import logging
import time

import orjson
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from idp.feed import service as feed
from idp.keyring import readers
from idp.keyring import service as keyring

MAX_AGE = 600
"""How long, in seconds, others may keep the answer; a key is published much longer before it signs."""
_EXTENSION = "idp.oauth.jwks"
_LISTEN_EVERY, _LISTEN_AGAIN = 1.0, 5.0
_log = logging.getLogger("idp.oauth")


def jwks_document(user_agent: str = "") -> tuple[bytes, str]:
    """Return the bytes of the key set and their entity tag.

    Whoever checks a token must not fail because our database does: then the keys this process knows are told.
    """
    if _hear_of_changes():
        readers.note(user_agent)
    body = orjson.dumps({"keys": keyring.published()})
    return body, hashlib.sha256(body).hexdigest()[:32]


def _hear_of_changes() -> bool:
    """Read the change feed once a second at most, and not for a while after it could not be read; tell if it could."""
    moment = time.monotonic()
    until, heard = current_app.extensions.get(_EXTENSION, (0.0, True))
    if moment < until:
        return bool(heard)
    current_app.extensions[_EXTENSION] = moment + _LISTEN_EVERY, heard
    try:
        feed.sync()
    except SQLAlchemyError as error:
        _log.warning("the change feed cannot be read: %s", type(error).__name__)
        current_app.extensions[_EXTENSION] = moment + _LISTEN_AGAIN, False
        return False
    current_app.extensions[_EXTENSION] = moment + _LISTEN_EVERY, True
    return True
