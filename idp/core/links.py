"""Absolute addresses, always on the configured issuer and never on the host a request names."""

from typing import Any

from flask import current_app

from idp.core.settings import settings


def absolute_url(endpoint: str, **values: Any) -> str:
    """Build the public address of a page."""
    # Not url_for(): the worker writes mails too, and has no request.
    adapter = current_app.url_map.bind(settings().host)
    return settings().issuer + adapter.build(
        endpoint, {name: value for name, value in values.items() if value is not None}
    )
