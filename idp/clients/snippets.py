"""SNIPPETS: how to sign in through an app, by its kind, with its own values filled in; never with the secret."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from idp.clients.models import Client
from idp.clients.types import DEVICE, KEYS, TYPES
from idp.core.settings import settings

LABELS = {
    "flask": "Flask + Authlib", "fastapi": "FastAPI + Authlib", "django": "Django + Authlib",
    "express": "Express + openid-client", "go": "Go + oauth2", "spring": "Spring Boot", "spa": "oidc-client-ts",
    "device": "curl, device", "machine": "curl, machine", "api": "curl, introspection",
    "flask-keys": "Flask + Authlib, private_key_jwt", "machine-keys": "Python + Authlib, private_key_jwt",
    "api-keys": "Python + Authlib, introspection", "env": ".env", "docker": "Docker",
}  # fmt: skip
_SETTINGS = ("env", "docker")
_BY_KIND: dict[str, tuple[str, ...]] = {
    "web": ("flask", "fastapi", "django", "express", "spring", "go", *_SETTINGS),
    "spa": ("spa", "env"), "native": ("go", "env"),
    "machine": ("machine", *_SETTINGS), "device": ("device", "env"), "api": ("api", *_SETTINGS),
}  # fmt: skip
_WITH_KEYS: dict[str, tuple[str, ...]] = {
    "web": ("flask-keys", *_SETTINGS), "machine": ("machine-keys", *_SETTINGS), "api": ("api-keys", *_SETTINGS),
}  # fmt: skip
"""For apps that sign with keys of their own: nothing here speaks of a secret."""
_KEY_TYPES = {"ES256": "ECKey", "ES384": "ECKey", "EdDSA": "OKPKey", "Ed25519": "OKPKey"}
SNIPPETS = {kind: {name: LABELS[name] for name in names} for kind, names in _BY_KIND.items()}
_PLAIN = re.compile(r"[\w.:/?=%@~+,\[\]-]*")


def snippets_of(client: Client) -> dict[str, str]:
    """Return the label of every snippet that suits an app, by name; what suits it best comes first."""
    kind = client.type
    if TYPES[kind].redirects and not client.redirect_uris:
        kind = "device" if DEVICE in client.grant_types else "machine"
    if client.token_endpoint_auth_method == KEYS:
        return {name: LABELS[name] for name in _WITH_KEYS.get(kind, ("env",))}
    return SNIPPETS[kind]


def path_of(address: str) -> str:
    """Return the path of an address."""
    return urlsplit(address).path or "/"


def in_shell(text: str) -> str:
    """Write a value between double quotes of a shell, which would still read some signs in it."""
    return re.sub(r'([\\"$`])', r"\\\1", text)


def in_env(text: str) -> str:
    """Write a value of an .env file, in quotes only where a shell would need them: some readers keep the quotes."""
    return text if _PLAIN.fullmatch(text) else f'"{in_shell(text)}"'


def snippet(client: Client, name: str) -> str:
    """Return one of the snippets of an app; another name gets the first."""
    known = snippets_of(client)
    name = name if name in known else next(iter(known))
    redirect_uri = client.redirect_uris[0] if client.redirect_uris else ""
    place = urlsplit(redirect_uri)
    algorithm = _algorithm(client)
    template = current_app.jinja_env.get_template(f"admin/clients/snippets/{name}.j2")
    return template.render(
        client_id=client.id, scope=" ".join(client.scopes), issuer=settings().issuer, redirect_uri=redirect_uri,
        host=place.hostname or "", port=place.port or 3000, method=client.token_endpoint_auth_method,
        is_public=client.token_endpoint_auth_method == "none", algorithm=algorithm,
        key_type=_KEY_TYPES.get(algorithm, "RSAKey"),
    )  # fmt: skip


def _algorithm(client: Client) -> str:
    """Return the algorithm an app signs with: the registered one, else that of its first key."""
    if chosen := client.metadata_.get("token_endpoint_auth_signing_alg"):
        return str(chosen)
    key: dict[str, Any] = next(iter((client.jwks or {}).get("keys", [])), {})
    by_key = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "Ed25519"}
    return str(key.get("alg") or by_key.get(key.get("crv", ""), "RS256"))
