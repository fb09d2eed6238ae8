"""Read a request strictly: what is unknown, given twice, or of another kind is refused and not guessed at."""

from typing import Any

import orjson
from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from idp.api.problems import Problem, unfit
from idp.api.routes import Route

_TAG_LONGEST = 64


def read_body(route: Route) -> BaseModel | None:
    """Return the body of a request as its schema says; raise Problem 400, 413, 415, 422."""
    data = request.get_data(cache=True)
    if route.body is None:
        if data:
            raise Problem(400, "This request takes no body.")
        return None
    if request.mimetype != "application/json":
        raise Problem(415, "Send application/json.", Accept="application/json")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "The body is not JSON.") from error
    if _has_nul(value):
        raise Problem(422, "The body holds the character U+0000.")
    try:
        return route.body.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise unfit(error, "body") from error


def read_query(route: Route) -> BaseModel | None:
    """Return the query of a request as its schema says; raise Problem 422."""
    names = list(request.args.keys())
    if twice := [name for name in names if len(request.args.getlist(name)) > 1]:
        raise Problem(422, "A query parameter is there twice.", errors=[_line(name, "once only") for name in twice[:5]])
    values = dict(request.args)
    if any("\x00" in text for pair in values.items() for text in pair):
        raise Problem(422, "The query holds the character U+0000.")
    if route.query is None:
        if names:
            raise Problem(422, "This takes no query.", errors=[_line(name, "unknown") for name in names[:5]])
        return None
    try:
        return route.query.model_validate(values)
    except ValidationError as error:
        raise unfit(error, "query") from error


def read_path(path: dict[str, str]) -> dict[str, str]:
    """Return the parts of an address; one that no id can look like names nothing."""
    if any("\x00" in value or len(value) > 200 for value in path.values()):
        raise Problem(404, "There is nothing of that id.")
    return path


def read_if_match() -> int:
    """Return the version that the caller saw; raise Problem 428 without one, 412 for what can be none of ours."""
    sent = request.headers.get("If-Match")
    if sent is None:
        raise Problem(428, "Send the ETag that you saw in If-Match, so that nobody's change is overwritten.")
    text = sent.strip()
    number = text[1:-1]
    is_ours = len(text) < 15 and text[:1] == text[-1:] == '"' and number.isascii() and number.isdigit()
    if not is_ours:
        raise Problem(412, "If-Match is not a version of this. Read it again.")
    return int(number)


def read_idempotency_key() -> str | None:
    """Return the Idempotency-Key, or None; raise Problem 400 for one that is no short printable text."""
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    if not 1 <= len(sent) <= _TAG_LONGEST or any(not "!" <= sign <= "~" for sign in sent):
        raise Problem(400, f"An Idempotency-Key is 1 to {_TAG_LONGEST} printable ASCII characters without spaces.")
    return sent


def refuse_http(error: HTTPException) -> Problem:
    """Return the problem of what Werkzeug refused while the body was read."""
    return Problem(error.code or 400, error.description or "The request cannot be read.")


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any("\x00" in name or _has_nul(item) for name, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)


def _line(name: str, says: str) -> dict[str, str]:
    return {"field": name[:60], "detail": says}
