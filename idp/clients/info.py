"""A client as the protocol reads it: parsed once, frozen, remembered until the change feed names it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from idp.clients import keys
from idp.clients.metadata.addresses import matches_redirect
from idp.clients.secrets.secret_use import note_use
from idp.core.clock import now
from idp.core.secrets import digest, equal

_NOBODY = "0" * 64


@dataclass(frozen=True)
class SecretDigest:
    """A secret as it is kept, and when it stops working."""

    id: str
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
    response_types: tuple[str, ...]
    token_endpoint_auth_method: str
    scopes: frozenset[str]
    allowed_roles: frozenset[str]
    allowed_apis: frozenset[str]
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    require_pkce: bool
    first_party: bool
    require_second_step: bool
    default_max_age: int | None
    require_auth_time: bool
    access_lifetime: int | None
    client_uri: str | None
    logo_uri: str | None
    logo: str | None
    policy_uri: str | None
    tos_uri: str | None
    metadata: dict[str, Any]
    is_enabled: bool
    secrets: tuple[SecretDigest, ...]

    @classmethod
    def from_row(cls, row: Row[Any], secrets: Iterable[Any]) -> "ClientInfo":
        """Parse a row of the table."""
        return cls(
            id=row.id, name=row.name, type=row.type, redirect_uris=tuple(row.redirect_uris),
            post_logout_redirect_uris=tuple(row.post_logout_redirect_uris), grant_types=frozenset(row.grant_types),
            response_types=tuple(row.response_types), token_endpoint_auth_method=row.token_endpoint_auth_method,
            scopes=frozenset(row.scopes), allowed_roles=frozenset(row.allowed_roles),
            allowed_apis=frozenset(row.allowed_apis), jwks=row.jwks, jwks_uri=row.jwks_uri,
            require_pkce=row.require_pkce, first_party=row.first_party,
            require_second_step=row.require_second_step, default_max_age=row.default_max_age,
            require_auth_time=row.require_auth_time, access_lifetime=row.access_lifetime, client_uri=row.client_uri,
            logo_uri=row.logo_uri, logo=row.logo, policy_uri=row.policy_uri, tos_uri=row.tos_uri,
            metadata=dict(row.metadata or {}), is_enabled=row.disabled_at is None,
            secrets=tuple(SecretDigest(secret.id, secret.digest, secret.expires_at) for secret in secrets),
        )  # fmt: skip

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method == "none"

    def has_secret(self, value: str) -> bool:
        """Compare a secret with every live one, in a time that tells nothing."""
        sent, found = digest(value), None
        for secret in self.secrets:
            if equal(sent, secret.digest) and secret.is_live:
                found = secret
        if not self.secrets:
            equal(sent, _NOBODY)
        if found is not None:
            note_use(found.id)
        return found is not None

    def allows_redirect(self, uri: str) -> bool:
        """Tell whether people may be sent back to an address."""
        return matches_redirect(uri, self.redirect_uris, any_loopback_port=self.type == "native")

    def allows_post_logout_redirect(self, uri: str) -> bool:
        """Tell whether people may be sent to an address after sign-out."""
        return matches_redirect(uri, self.post_logout_redirect_uris, any_loopback_port=self.type == "native")

    def allows_grant(self, grant_type: str) -> bool:
        """Tell whether it may use a grant type."""
        return grant_type in self.grant_types

    def signing_keys(self, kid: str | None = None) -> list[dict[str, Any]]:
        """Return its public keys as JWKs, registered or from its own address; `kid` is the one looked for."""
        return keys.public_keys(self.jwks, self.jwks_uri, kid=kid)


def waste_secret_time(value: str) -> None:
    """Take the time of one comparison, for a client that does not exist."""
    equal(digest(value), _NOBODY)
