"""Write an HTTP exchange down as a `curl` command and its answer."""

import re
import shlex
from typing import Any
from urllib.parse import parse_qsl

import requests


def to_leg(answer: requests.Response) -> dict[str, Any]:
    """Describe one request of the back channel, without its secrets."""
    sent = answer.request
    body = sent.body.decode() if isinstance(sent.body, bytes) else str(sent.body or "")
    authorization = str(sent.headers.get("Authorization", ""))
    basic = ["-u", "$CLIENT_ID:$CLIENT_SECRET"] if authorization.startswith("Basic ") else []
    bearer = ["-H", f"Authorization: {shorten(authorization)}"] if authorization.startswith("Bearer ") else []
    fields = [word for name, value in parse_qsl(body) for word in ("-d", f"{name}={shorten(value)}")]
    words = ["curl", "-X", str(sent.method), *basic, *bearer, *fields, str(sent.url)]
    title = f"{sent.method} {str(sent.path_url).partition('?')[0]}"
    return {"title": title, "curl": shlex.join(words), "status": answer.status_code, "body": shorten(answer.text)}


def shorten(text: str) -> str:
    """Cut long tokens to their first and last characters."""
    return re.sub(r"[\w\-.]{60,}", lambda match: f"{match[0][:20]}…{match[0][-6:]}", text)
