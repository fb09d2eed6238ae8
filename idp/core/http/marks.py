"""Marks on view functions that the request hooks read."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def protocol_endpoint(view: View) -> View:
    """Mark a view as spoken to by programs: no CSRF token, no cookies of ours, errors as JSON."""
    view.idp_protocol = True  # type: ignore[attr-defined]
    return view


def has_mark(mark: str) -> bool:
    """Tell whether the view of the present request carries a mark."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, mark, False))


def is_protocol() -> bool:
    """Tell whether the present request is spoken by a program: its errors are JSON."""
    return has_mark("idp_protocol") or request.path.startswith("/.well-known/")
