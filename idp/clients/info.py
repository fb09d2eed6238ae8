"""A client as the protocol reads it: parsed once, frozen, remembered until the change feed names it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.clients import keys
from idp.clients.addresses import matches_redirect
from idp.clients.models import Client, ClientSecret
from idp.core.clock import now
from idp.core.secrets import digest, equal


@dataclass(frozen=True)
class SecretDigest:
    """A secret as it is kept, and when it stops working."""

    digest: str
    expires_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether it works now."""
        return self.expires_at is None or self.expires_at > now()


@dataclass(frozen=True)
class ClientInfo:
    """An app, as the endpoints see it."""

    id: str
    name: str
    type: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    grant_types: frozenset[str]
    token_endpoint_auth_method: str
    scopes: frozenset[str]
    allowed_roles: frozenset[str]
    allowed_apis: frozenset[str]
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    require_pkce: bool
    first_party: bool
    default_max_age: int | None
    require_auth_time: bool
    access_lifetime: int | None
    client_uri: str | None
    logo_uri: str | None
    policy_uri: str | None
    tos_uri: str | None
    metadata: dict[str, Any]
    is_enabled: bool
    secrets: tuple[SecretDigest, ...]
    response_types: tuple[str, ...] = ("code",)

    @classmethod
    def from_row(cls, row: Client, secrets: list[ClientSecret]) -> "ClientInfo":
        """Parse a row."""
        return cls(
            id=row.id, name=row.name, type=row.type, redirect_uris=tuple(row.redirect_uris),
            post_logout_redirect_uris=tuple(row.post_logout_redirect_uris), grant_types=frozenset(row.grant_types),
            token_endpoint_auth_method=row.token_endpoint_auth_method, scopes=frozenset(row.scopes),
            allowed_roles=frozenset(row.allowed_roles), allowed_apis=frozenset(row.allowed_apis), jwks=row.jwks,
            jwks_uri=row.jwks_uri, require_pkce=row.require_pkce, first_party=row.first_party,
            default_max_age=row.default_max_age, require_auth_time=row.require_auth_time,
            access_lifetime=row.access_lifetime, client_uri=row.client_uri, logo_uri=row.logo_uri,
            policy_uri=row.policy_uri, tos_uri=row.tos_uri, metadata=dict(row.metadata_ or {}),
            is_enabled=row.disabled_at is None, response_types=tuple(row.response_types),
            secrets=tuple(SecretDigest(secret.digest, secret.expires_at) for secret in secrets),
        )  # fmt: skip

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method == "none"

    def has_secret(self, value: str) -> bool:
        """Compare a secret with every live one, in a time that tells nothing."""
        sent = digest(value)
        matches = [equal(sent, secret.digest) and secret.is_live for secret in self.secrets]
        if not matches:
            waste_secret_time(value)
        return any(matches)

    def allows_redirect(self, uri: str) -> bool:
        """Tell whether people may be sent back to an address."""
        return matches_redirect(uri, self.redirect_uris, client_type=self.type)

    def allows_post_logout_redirect(self, uri: str) -> bool:
        """Tell whether people may be sent to an address after sign-out."""
        return matches_redirect(uri, self.post_logout_redirect_uris, client_type=self.type)

    def allows_grant(self, grant_type: str) -> bool:
        """Tell whether it may use a grant type."""
        return grant_type in self.grant_types

    def signing_keys(self) -> list[dict[str, Any]]:
        """Return its public keys as JWKs, from its registration or from its own address."""
        return keys.public_keys(self.jwks, self.jwks_uri)


def waste_secret_time(value: str) -> None:
    """Take the time of one comparison, for a client that does not exist."""
    equal(digest(value), "0" * 64)
