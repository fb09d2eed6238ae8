"""Is the house in order: the quick questions that a load balancer asks."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from idp.core.cipher import CipherError, keychain
from idp.core.db import db


def readiness() -> dict[str, str]:
    """Answer each question with `ok` or with what is wrong."""
    return {"database": _ask(_database), "keys": _ask(_keys)}


def _database() -> None:
    db.session.execute(select(1))


def _keys() -> None:
    keychain()


def _ask(question: Callable[[], None]) -> str:
    try:
        question()
    except (SQLAlchemyError, CipherError) as error:
        return type(error).__name__
    return "ok"
