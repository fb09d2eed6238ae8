"""The page after an app was made: everything its developer needs, and its secret this once."""

from urllib.parse import quote

from flask import Response

from idp.admin.clients.kinds import KINDS
from idp.clients.models import Client
from idp.clients.snippets import snippet, snippets_of
from idp.core.http import render
from idp.core.settings import settings
from idp.oauth.features import FEATURES
from idp.oauth.metadata import build_metadata

_ENDPOINTS = (
    "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "introspection_endpoint",
    "revocation_endpoint", "device_authorization_endpoint", "end_session_endpoint",
)  # fmt: skip


def show(row: Client, secret: str | None) -> Response:
    """Show an app that was just made."""
    return render(
        "admin/clients/result.html", client=row, kind_title=KINDS[row.type][0], secret=secret, issuer=settings().issuer,
        endpoints=endpoints(), facts=_facts(row), env_file=_env_file(row, secret) if secret else None,
        snippets={name: (label, snippet(row, name)) for name, label in snippets_of(row).items()},
    )  # fmt: skip


def endpoints() -> dict[str, str]:
    """Return the addresses of this server that apps call, by their names in discovery."""
    known = build_metadata(FEATURES)
    return {name: known[name] for name in _ENDPOINTS if name in known}


def _facts(row: Client) -> dict[str, str]:
    """Return what a library wants to know of an app besides addresses, by its names in :rfc:`7591#section-2`."""
    return {
        "scope": " ".join(row.scopes), "grant_types": " ".join(row.grant_types),
        "response_types": " ".join(row.response_types), "token_endpoint_auth_method": row.token_endpoint_auth_method,
    }  # fmt: skip


def _env_file(row: Client, secret: str) -> str:
    """Return an address that holds the file of settings with the secret in it: nothing is kept, nothing is asked."""
    text = snippet(row, "env").replace("OIDC_CLIENT_SECRET=\n", f"OIDC_CLIENT_SECRET={secret}\n")
    return "data:text/plain;charset=utf-8," + quote(text)
