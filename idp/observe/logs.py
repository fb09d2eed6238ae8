"""Logs: JSON in production, readable lines in development, no secret in either."""

import json
import logging
import re
from datetime import UTC, datetime

from flask import Flask

from idp.core.context import context
from idp.core.settings import Settings

_SECRET = re.compile(
    r"(idp[srak]_[A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?i:(?:password|secret|token|code|assertion|cookie|authorization)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+)"
)
_MARK = "idp_handler"


def redact(text: str) -> str:
    """Take out of a log line what looks like a token, a secret or a password."""
    return _SECRET.sub("[redacted]", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record with the request it belongs to."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "request_id": context().request_id,
        }
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps({key: value for key, value in line.items() if value is not None})


class ReadableFormatter(logging.Formatter):
    """One readable line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record for a person at a terminal."""
        return redact(super().format(record))


def init_app(app: Flask) -> None:
    """Send our log lines to standard error."""
    config: Settings = app.extensions["idp.settings"]
    root = logging.getLogger("idp")
    # Authlib's debug lines hold whole tokens.
    logging.getLogger("authlib").setLevel(logging.INFO)
    if any(getattr(handler, _MARK, False) for handler in root.handlers):
        return
    handler = logging.StreamHandler()
    setattr(handler, _MARK, True)
    readable = ReadableFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(readable if config.development else JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
