"""What a person or a program gets when something goes wrong: one page each, JSON where programs speak."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from idp.core.errors import DomainError
from idp.core.http.csrf import StaleForm
from idp.core.http.marks import is_protocol
from idp.core.http.pages import render

_log = logging.getLogger("idp.http")
_TEMPLATES = {
    400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method", 413: "too_large", 414: "too_large",
    421: "not_found", 429: "too_many", 431: "too_large", 500: "server", 503: "unavailable",
}  # fmt: skip
_PROTOCOL = {
    405: "invalid_request",
    429: "temporarily_unavailable",
    500: "server_error",
    503: "temporarily_unavailable",
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(StaleForm, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(Exception, _unexpected)


def error_answer(
    status: int, *, retry_after: int | None = None, message: Any = "", allow: str | None = None
) -> Response:
    """Answer with the page or the JSON of a status."""
    if request.path.startswith("/api/"):
        title = HTTPStatus(status).phrase
        response = jsonify(type="about:blank", title=title, status=status, detail=str(message) or title, errors=[])
        response.mimetype = "application/problem+json"
        response = make_response(response, status)
    elif is_protocol():
        description = {"error_description": str(message)} if message else {}
        response = make_response(jsonify(error=_PROTOCOL.get(status, "invalid_request"), **description), status)
    else:
        template = f"errors/{_TEMPLATES.get(status, 'bad_request' if status < 500 else 'server')}.html"
        response = render(
            template,
            status,
            request_id=g.get("request_id", ""),
            retry_after=retry_after,
            message=str(message),
        )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if allow:
        response.headers["Allow"] = allow
    return response


def _stale(_error: StaleForm) -> Response:
    return render("errors/expired.html", 403, request_id=g.get("request_id", ""))


def _http(error: HTTPException) -> Response:
    if error.response is not None and error.code and error.code < 400:
        return make_response(error.get_response())
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    retry_after = getattr(error, "retry_after", None)
    allow = ", ".join(sorted(getattr(error, "valid_methods", None) or [])) or None
    return error_answer(error.code, retry_after=retry_after or (60 if error.code == 429 else None), allow=allow)


def _domain(error: DomainError) -> Response:
    return error_answer(error.status, retry_after=getattr(error, "retry_after", None), message=error.public)


def _database(error: Exception) -> Response:
    _log.error("database unavailable", exc_info=error)
    return error_answer(503, retry_after=2)


def _unexpected(error: Exception) -> Response:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _database(error)
    _log.exception("unexpected error", exc_info=error)
    return error_answer(500)
