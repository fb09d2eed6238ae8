"""What a request needs beyond a good token: scope, role, permission, and how the person signed in."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import InsufficientScope, InsufficientUserAuthentication
from .token import Token

ACR_ORDER = ("1", "2")
"""The classes of our issuer, the weakest first; any other class is only as good as itself."""


@dataclass(frozen=True, init=False)
class Requirement:
    """What a token must allow; where several names are given, each of them is needed.

    Names come as one text with spaces, as in `scope="articles:read articles:publish"`, or as a list.
    """

    scopes: tuple[str, ...]
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    acr: str | None
    max_age: int | None

    def __init__(
        self,
        *,
        scope: str | Iterable[str] = (),
        role: str | Iterable[str] = (),
        permission: str | Iterable[str] = (),
        acr: str | None = None,
        max_age: int | None = None,
    ) -> None:
        """Raise ValueError for what could never be asked of a token.

        `acr` is the least class of sign-in, `max_age` how many seconds ago it may have been (RFC 9470).
        """
        if acr is not None and (not isinstance(acr, str) or not acr):
            raise ValueError('acr is a text, for example acr="2"')
        if max_age is not None and (not isinstance(max_age, int) or isinstance(max_age, bool) or max_age < 0):
            raise ValueError("max_age is a number of seconds")
        for name, value in (("scopes", scope), ("roles", role), ("permissions", permission)):
            object.__setattr__(self, name, tuple(value.split() if isinstance(value, str) else value))
        object.__setattr__(self, "acr", acr)
        object.__setattr__(self, "max_age", max_age)


def check(token: Token, requirement: Requirement, *, now: float | None = None) -> Token:
    """Return the token when it fulfils the requirement.

    Rights come first: who may not do it is not asked to sign in again. Raise InsufficientScope (RFC 6750 §3.1),
    InsufficientUserAuthentication (RFC 9470 §3).
    """
    if not token.scopes.issuperset(requirement.scopes):
        raise InsufficientScope("the token lacks a scope", requirement.scopes)
    _check_names(token, "role", requirement.roles, token.roles)
    _check_names(token, "permission", requirement.permissions, token.permissions)
    if requirement.acr is not None and not _at_least(token.acr, requirement.acr):
        raise _step_up("a stronger sign-in is needed", requirement)
    if requirement.max_age is not None:
        moment = time.time() if now is None else now
        if token.auth_time is None or moment - token.auth_time > requirement.max_age:
            raise _step_up("a more recent sign-in is needed", requirement)
    return token


def _check_names(token: Token, kind: str, wanted: tuple[str, ...], held: frozenset[str]) -> None:
    if held.issuperset(wanted):
        return
    # A token that tells no roles may be one that was not asked to: then the scope `roles` helps, else nothing does.
    helps = () if f"{kind}s" in token.claims else ("roles",)
    raise InsufficientScope(f"the token lacks a {kind}", helps)


def _at_least(acr: str | None, wanted: str) -> bool:
    if acr in ACR_ORDER and wanted in ACR_ORDER:
        return ACR_ORDER.index(acr) >= ACR_ORDER.index(wanted)
    return acr == wanted


def _step_up(description: str, requirement: Requirement) -> InsufficientUserAuthentication:
    """Ask for both: a client that satisfied only the one that failed would be sent away again for the other."""
    return InsufficientUserAuthentication(description, acr=requirement.acr, max_age=requirement.max_age)
