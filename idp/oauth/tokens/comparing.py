"""Two previews side by side, claim by claim: for two people, or for two sets of scopes.

What is new in every token, such as its id and the moment it was made, is no difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.oauth.tokens.preview import Document, Preview, Reason

DOCUMENTS = ("id_token", "access_token", "userinfo")
SAME, OTHER, FIRST, SECOND = "same", "other value", "first only", "second only"
_MADE_ANEW = frozenset({"iat", "jti", "auth_time", "sid"})


@dataclass(frozen=True)
class Pair:
    """One claim in both."""

    name: str
    verdict: str
    first: Reason | None
    """Its value and where it comes from, or why it is not there; None where nobody expects it."""
    second: Reason | None


def compare(first: Preview, second: Preview) -> dict[str, list[Pair]]:
    """Return every claim of ID token, access token and UserInfo that is in either, what differs first."""
    return {name: _pairs(getattr(first, name), getattr(second, name)) for name in DOCUMENTS}


def _pairs(first: Document, second: Document) -> list[Pair]:
    one, two = first.claims or {}, second.claims or {}
    told, other = _told(first), _told(second)
    names = dict.fromkeys([*one, *two])
    pairs = [Pair(name, _verdict(name, one, two), told.get(name), other.get(name)) for name in names]
    return sorted(pairs, key=lambda pair: pair.verdict == SAME)


def _told(document: Document) -> dict[str, Reason]:
    return {row.name: row for row in (*document.missing, *document.sources)}


def _verdict(name: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> str:
    if name not in two:
        return FIRST
    if name not in one:
        return SECOND
    if name in _MADE_ANEW:
        return SAME
    if name == "exp" and "iat" in one and "iat" in two:
        return SAME if one["exp"] - one["iat"] == two["exp"] - two["iat"] else OTHER
    return SAME if one[name] == two[name] else OTHER
