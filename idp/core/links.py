"""Absolute addresses, always on the configured issuer and never on the host a request names."""

from typing import Any

from flask import url_for

from idp.core.settings import settings


def absolute_url(endpoint: str, **values: Any) -> str:
    """Build the public address of a page."""
    return settings().issuer + url_for(endpoint, _external=False, **values)
