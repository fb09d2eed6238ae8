"""ROUTES: every route of the API with its permission, its schemas, its event, and whether it asks to sign in anew."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from idp.audit.tags import Tag

View = TypeVar("View", bound=Callable[..., Any])
USUAL = 64 * 1024
"""The longest body of most routes, in bytes."""
_PART = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Route:
    """One route."""

    method: str
    rule: str
    endpoint: str
    says: str
    """What it does, in a few words."""
    permission: str
    event: Tag | None = None
    """What a write leaves in the trail, once."""
    sudo: bool = False
    """Whether a person's token must come from a fresh sign-in."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    versioned: bool = False
    """Whether `If-Match` must name the version that the caller saw."""
    says_more: str = ""
    largest: int = USUAL
    """The longest body it takes, in bytes."""
    also: str | None = None
    """A second permission that it takes."""
    repeatable: bool = True
    """Whether a post may carry an Idempotency-Key; not where another server is asked, for which no database waits."""
    prepare: Callable[[Any], Any] | None = None
    """What is made of the body before the transaction begins, where that costs time; the view takes it as `ready`."""
    may_miss: bool = False
    """Whether there may be nothing to answer with, though the address names nothing in particular."""
    view: Callable[..., Any] = field(default=lambda: None, compare=False)

    @property
    def noun(self) -> str:
        """What it is about: the first part of its address."""
        return self.rule.split("/")[1]

    @property
    def permissions(self) -> list[str]:
        """All that a caller must be permitted."""
        return [self.permission, *([self.also] if self.also else [])]

    @property
    def takes_key(self) -> bool:
        """Whether an Idempotency-Key may come with it."""
        return self.method == "POST" and self.repeatable

    @property
    def path(self) -> str:
        """Its address as OpenAPI writes it."""
        return _PART.sub(r"{\1}", self.rule)

    @property
    def parameters(self) -> list[str]:
        """The names in its address."""
        return _PART.findall(self.rule)

    @property
    def statuses(self) -> list[int]:
        """Every status it may answer with, but that of success."""
        found = {401, 403, 429, 503, 400, 422}
        found |= {404} if self.parameters or self.body or self.may_miss else set()
        found |= {409, 413, 415} if self.method != "GET" else set()
        found |= {414} if self.query else set()
        found |= {412, 428} if self.versioned else set()
        return sorted(found)


ROUTES: list[Route] = []


def route(method: str, rule: str, permission: str, says: str, **values: Any) -> Callable[[View], View]:
    """Add a route; its view takes the parts of the address, and `body` and `query` where it has schemas for them.

    A route with `prepare` has `ready` in the place of `body`.
    """

    def add(view: View) -> View:
        ROUTES.append(Route(method, rule, view.__name__, says, permission, view=view, **values))
        return view

    return add
