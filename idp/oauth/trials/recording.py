"""A trial as a file: its calls in the HTTP Archive format (HAR 1.2), or as a script for a terminal.

Neither holds a credential, a token or a value that works once: what was left out stands as `…` or as a variable.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from idp.core.settings import settings
from idp.oauth.trials.walk import Leg

_NOTE = "Credentials, tokens and codes are left out."
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


def har(legs: Iterable[Leg]) -> str:
    """Write calls as an HTTP archive."""
    creator = {"name": "idp", "version": "1"}
    log = {"version": "1.2", "creator": creator, "comment": _NOTE, "entries": [_entry(leg) for leg in legs]}
    return json.dumps({"log": log}, ensure_ascii=False, indent=1, default=str)


def script(requests: Iterable[tuple[Any, str]]) -> str:
    """Write requests as a shell script; what one opens in a browser stands in it as a remark."""
    lines = ["#!/bin/sh", f"# {_NOTE}", "# Set the variables that a call names, then run it.", "set -eu"]
    for title, text in requests:
        is_call = text.startswith("curl ")
        lines += ["", f"# {' '.join(str(title).split())}", text if is_call else f"# {text}"]
    return "\n".join(lines) + "\n"


def _entry(leg: Leg) -> dict[str, Any]:
    spent = round(leg.milliseconds or 0, 3)
    return {
        "startedDateTime": leg.at.isoformat(timespec="milliseconds"), "time": spent, "request": _request(leg),
        "response": _response(leg), "cache": {}, "timings": {"send": 0, "wait": spent, "receive": 0},
        "comment": str(leg.title),
    }  # fmt: skip


def _request(leg: Leg) -> dict[str, Any]:
    pairs = [{"name": name, "value": value} for name, value in leg.asked]
    is_get, query = leg.method == "GET", urlencode(leg.asked)
    request: dict[str, Any] = {
        "method": leg.method, "url": settings().issuer + leg.path + (f"?{query}" if is_get and query else ""),
        "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "queryString": pairs if is_get else [],
        "headersSize": -1, "bodySize": -1,
    }  # fmt: skip
    if not is_get:
        request["headers"] = [{"name": "Content-Type", "value": _FORM}]
        request["postData"] = {"mimeType": _FORM, "params": pairs, "text": query}
    return request


def _response(leg: Leg) -> dict[str, Any]:
    text = "" if leg.goes_to else json.dumps(leg.answer, ensure_ascii=False, default=str)
    return {
        "status": leg.status, "statusText": HTTPStatus(leg.status).phrase, "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": [], "redirectURL": f"{leg.goes_to}?{urlencode(leg.answer)}" if leg.goes_to else "",
        "content": {"size": len(text.encode()), "mimeType": _JSON, "text": text}, "headersSize": -1, "bodySize": -1,
    }  # fmt: skip
