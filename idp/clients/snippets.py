"""SNIPPETS: how to sign in through an app, by its kind, with its own values filled in; never with the secret."""

from urllib.parse import urlsplit

from flask import current_app

from idp.clients.models import Client
from idp.core.settings import settings

LABELS = {
    "flask": "Flask + Authlib", "express": "Express + openid-client", "go": "Go + oauth2", "spa": "oidc-client-ts",
    "curl": "curl", "env": ".env", "device": "curl, device", "machine": "curl, machine", "api": "curl, introspection",
}  # fmt: skip
_WEB = ("flask", "express", "go", "env")
_BY_KIND: dict[str, tuple[str, ...]] = {
    "web": _WEB, "spa": ("spa", "env"), "native": ("go", "env"), "machine": ("machine", "env"),
    "device": ("device", "env"), "api": ("api", "env"),
}  # fmt: skip
SNIPPETS = {kind: {name: LABELS[name] for name in names} for kind, names in _BY_KIND.items()}


def path_of(address: str) -> str:
    """Return the path of an address."""
    return urlsplit(address).path or "/"


def snippet(client: Client, name: str) -> str:
    """Return one of the snippets of a kind of app; another name gets the first."""
    known = SNIPPETS[client.type]
    name = name if name in known else next(iter(known))
    redirect_uri = client.redirect_uris[0] if client.redirect_uris else ""
    template = current_app.jinja_env.get_template(f"admin/clients/snippets/{name}.j2")
    return template.render(
        client_id=client.id, scope=" ".join(client.scopes), issuer=settings().issuer, redirect_uri=redirect_uri,
        is_public=client.token_endpoint_auth_method == "none",
    )  # fmt: skip
