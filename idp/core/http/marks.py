"""Marks on view functions that the request hooks read."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.exceptions import MethodNotAllowed

_AROUND_A_FILE = 16 * 1024
"""Bytes of the other fields and of the form's own frame."""
View = TypeVar("View", bound=Callable[..., Any])


def protocol_endpoint(view: View) -> View:
    """Mark a view as spoken to by programs: no CSRF token, no cookies of ours, errors as JSON."""
    view.idp_protocol = True  # type: ignore[attr-defined]
    return view


def cross_site_form(view: View) -> View:
    """Mark a view that forms of other sites may post to, because a request alone changes nothing there.

    It reads the request itself, strictly, and carries no CSRF token; its errors are pages.
    """
    view.idp_cross_site_form = True  # type: ignore[attr-defined]
    return view


def takes_upload(largest: int) -> Callable[[View], View]:
    """Mark a view whose forms may carry a file of so many bytes."""

    def mark(view: View) -> View:
        view.idp_largest_body = largest + _AROUND_A_FILE  # type: ignore[attr-defined]
        return view

    return mark


def largest_body() -> int | None:
    """Return how many bytes the view of the present request takes, where that is more than usual."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "idp_largest_body", None)


def has_mark(mark: str) -> bool:
    """Tell whether the view of the present request carries a mark."""
    view = current_app.view_functions.get(request.endpoint or _endpoint_of_other_methods())
    return bool(getattr(view, mark, False))


def is_protocol() -> bool:
    """Tell whether the present request is spoken by a program: its errors are JSON."""
    return has_mark("idp_protocol") or request.path.startswith("/.well-known/")


def reads_for_itself() -> bool:
    """Tell whether the view of the present request parses and judges the request on its own."""
    return is_protocol() or has_mark("idp_cross_site_form")


def _endpoint_of_other_methods() -> str:
    """Return the endpoint of an address that was asked with a method it does not take, else nothing."""
    refused = request.routing_exception
    if not isinstance(refused, MethodNotAllowed) or not refused.valid_methods:
        return ""
    adapter = current_app.create_url_adapter(request)
    return str(adapter.match(method=min(refused.valid_methods))[0]) if adapter else ""
