"""What a caller gets who is refused: `application/problem+json` (RFC 9457) with a line for each field."""

from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from pydantic import ValidationError

from idp.core.errors import DomainError

MEDIA_TYPE = "application/problem+json"
_LONGEST = 200


class Problem(Exception):
    """A request that is refused; `errors` names the fields, `headers` go out with the answer."""

    def __init__(self, status: int, detail: str, *, errors: list[dict[str, str]] | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors or []
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def answer_problem(problem: Problem) -> Response:
    """Answer with a problem."""
    body = {
        "type": "about:blank", "title": HTTPStatus(problem.status).phrase, "status": problem.status,
        "detail": problem.detail, "errors": problem.errors,
    }  # fmt: skip
    response = Response(orjson.dumps(body), problem.status, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response


def answer_domain_error(error: DomainError) -> Response:
    """Answer with what a rule of a service said."""
    detail = str(error.public) or HTTPStatus(error.status).phrase
    errors = [{"field": error.field, "detail": detail}] if error.field else []
    retry_after = getattr(error, "retry_after", None)
    headers = {"Retry_After": str(retry_after)} if retry_after else {}
    return answer_problem(Problem(error.status, detail, errors=errors, **headers))


def unfit(error: ValidationError, where: str) -> Problem:
    """Return the problem of what does not fit its schema; what was sent is not repeated."""
    errors = [
        {"field": ".".join(str(part)[:_LONGEST] for part in item["loc"]), "detail": item["msg"][:_LONGEST]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)[:20]
    ]
    return Problem(422, f"The {where} does not fit its schema.", errors=errors)


def describe() -> dict[str, Any]:
    """Return the JSON Schema of a problem."""
    text = {"type": "string"}
    line = {"type": "object", "required": ["field", "detail"], "properties": {"field": text, "detail": text}}
    properties = {
        "type": text, "title": text, "status": {"type": "integer"}, "detail": text,
        "errors": {"type": "array", "items": line},
    }  # fmt: skip
    return {"type": "object", "title": "Problem", "required": list(properties), "properties": properties}
