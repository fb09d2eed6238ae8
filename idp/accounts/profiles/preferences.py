"""What a person chose for their own pages and mails: language, time zone, notices."""

from typing import Any

from idp.accounts.models import User
from idp.accounts.profiles import profile
from idp.accounts.service import get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import transaction

DEFAULTS = {"mail_app_allowed": True, "shortcuts": True}
"""Mail when an app is allowed; keys that act without Ctrl or Alt (WCAG 2.1.4). Mails about security are always sent."""

_OF_PAGES = {"first_steps": True}
"""Chosen on the page it is about: whether the console shows its first steps."""


def preferences_of(user: User) -> dict[str, Any]:
    """Return every preference of a person."""
    return {**DEFAULTS, **_OF_PAGES, **(user.preferences or {})}


def keep_preference(user_id: str, name: str, *, value: bool) -> None:
    """Keep one choice that a person made on the page it is about."""
    if name not in _OF_PAGES:
        raise KeyError(name)
    with transaction():
        user = get_user_for_change(user_id)
        user.preferences = {**(user.preferences or {}), name: value}
        user.version += 1
        record(Tag.ACCOUNT_EDITED, actor=f"user:{user_id}", subject=f"user:{user_id}", fields=[name])


def save_preferences(user_id: str, *, locale: str | None, zoneinfo: str | None, **chosen: bool) -> None:
    """Keep what a person chose; raise UnfitProfile."""
    values = profile.check_profile({"locale": locale, "zoneinfo": zoneinfo})
    with transaction():
        user = get_user_for_change(user_id)
        user.locale, user.zoneinfo = values["locale"], values["zoneinfo"]
        user.preferences = {**(user.preferences or {}), **{name: chosen[name] for name in DEFAULTS if name in chosen}}
        user.version += 1
        fields = ["locale", "zoneinfo", *chosen]
        record(Tag.ACCOUNT_EDITED, actor=f"user:{user_id}", subject=f"user:{user_id}", fields=fields)
