"""Errors that any page can end in, and the pages of a development server."""

from types import SimpleNamespace
from typing import Any

from idp.gallery.fakes import ALICE, FLOW, NOON, REQUEST
from idp.gallery.state import State


def _error(message: str = "", retry_after: int | None = None) -> dict[str, Any]:
    return {"request_id": REQUEST, "message": message, "retry_after": retry_after}


def _mails() -> dict[str, Any]:
    subjects = ("Confirm your e-mail address", "New sign-in to your account")
    return {"mails": [SimpleNamespace(id=FLOW, to=ALICE.email, subject=text, sent_at=NOON) for text in subjects]}


STATES = (
    State("error-bad-request", "400", "errors/bad_request.html", _error, 400),
    State("error-forbidden", "403", "errors/forbidden.html", _error, 403),
    State("error-expired", "Expired", "errors/expired.html", _error, 403),
    State("error-not-found", "404", "errors/not_found.html", _error, 404),
    State("error-method", "405", "errors/method.html", _error, 405),
    State("error-too-large", "413", "errors/too_large.html", _error, 413),
    State("error-too-many", "429", "errors/too_many.html", lambda: _error(retry_after=240), 429),
    State("error-server", "500", "errors/server.html", _error, 500),
    State("error-unavailable", "503", "errors/unavailable.html", _error, 503),
    State("outbox", "Development outbox", "dev/mail.html", _mails),
    State("outbox-empty", "Development outbox, empty", "dev/mail.html", lambda: {"mails": []}),
)  # fmt: skip
