"""Forget what can do neither harm nor good any more; run by the worker."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, select

from idp.core.clock import now
from idp.core.db import transaction
from idp.core.settings import settings
from idp.oauth.tokens.models import AuthorizationCode, Grant, RefreshToken, RevokedToken, UsedAssertion

_MARGIN = timedelta(hours=1)


def sweep(limit: int = 5000) -> int:
    """Delete expired codes, tokens, grants and ids, at most `limit` rows of each kind; return how many rows.

    A used code stays until every token of its grant has died by age, so that a late second use is still seen.
    """
    moment, tokens = now(), settings().tokens
    dead = moment - max(tokens.access, tokens.identity) - _MARGIN
    no_refresh = ~exists().where(RefreshToken.grant_id == Grant.id)
    no_code = ~exists().where(AuthorizationCode.grant_id == Grant.id)
    in_use = exists().where(RefreshToken.grant_id == AuthorizationCode.grant_id)
    with_key: list[tuple[Any, Any]] = [
        (RefreshToken.digest, RefreshToken.expires_at < dead),
        (AuthorizationCode.digest, (AuthorizationCode.expires_at < dead) & ~in_use),
        (Grant.id, (Grant.created_at < dead) & no_refresh & no_code),
    ]
    chosen = [(key.class_, key.in_(select(key).where(condition).limit(limit))) for key, condition in with_key]
    chosen += [(model, model.expires_at < moment - _MARGIN) for model in (UsedAssertion, RevokedToken)]
    return sum(_delete(model, condition) for model, condition in chosen)


def _delete(model: Any, condition: Any) -> int:
    with transaction() as session:
        result = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
        return int(result.rowcount)  # type: ignore[attr-defined]
