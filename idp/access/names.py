"""Names and texts of APIs, permissions, roles and groups."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from idp.access.errors import BAD_ICON, BAD_LANGUAGE, BAD_NAME, TAKEN, Conflict, DomainError
from idp.core.db import db
from idp.i18n.service import LANGUAGES

ICONS = (
    "key", "eye", "pencil-square", "trash", "document-text", "folder", "photo", "calendar-days",
    "chat-bubble-left-right", "credit-card", "chart-bar", "cog-6-tooth", "bell", "globe-alt", "user-group",
    "shopping-cart",
)  # fmt: skip
"""What may stand beside a permission at consent, by the names that Heroicons has; the first where nobody chose."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")


def check_name(name: str) -> None:
    """Raise DomainError for a name that cannot stand in a scope, a claim or an address."""
    if not _NAME.fullmatch(name):
        raise DomainError(BAD_NAME, field="name")


def clean_text(text: str, longest: int) -> str:
    """Return a text on one line, without characters that do not print."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())[:longest].strip()


def clean_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Return what consent says by language, without what is empty; raise DomainError for a language we do not have."""
    if titles.keys() - LANGUAGES.keys():
        raise DomainError(BAD_LANGUAGE % {"languages": ", ".join(LANGUAGES)}, field="titles")
    cleaned = {language: clean_text(title, 200) for language, title in titles.items()}
    return {language: title for language, title in sorted(cleaned.items()) if title}


def check_icon(icon: str) -> None:
    """Raise DomainError for an icon that is none of ours: pages could not draw it."""
    if icon not in ICONS:
        raise DomainError(BAD_ICON % {"icons": ", ".join(ICONS)}, field="icon")


def known_icon(icon: str) -> str:
    """Return an icon that can be drawn: a later version may have kept one that this one does not have."""
    return icon if icon in ICONS else ICONS[0]


def add(row: Any) -> None:
    """Add a row; raise Conflict when somebody else took its name at the same moment."""
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(TAKEN, field="name") from error
