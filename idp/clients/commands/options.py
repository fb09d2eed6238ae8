"""The options that `idp client add` and `idp client edit` share, and what they say about a client."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from idp.brand.store import full_address_of
from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.fetched import fetch_metadata
from idp.clients.metadata.registration import from_registration, to_registration
from idp.clients.models import Client
from idp.clients.types import AUTH_METHODS, DEVICE, GRANT_TYPES, TYPES
from idp.core.cli import USAGE, fail

SHORT_GRANTS = {"device_code": DEVICE}
_OPTIONS = (
    click.option("--type", "type", type=click.Choice(list(TYPES)), help="What kind of app it is."),
    click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where people come back to. Repeatable."),
    click.option(
        "--post-logout-redirect-uri", "post_logout_redirect_uris", multiple=True,
        help="Where people go after they sign out. Repeatable.",
    ),
    click.option(
        "--grant", "grant_types", multiple=True, type=click.Choice([*GRANT_TYPES, *SHORT_GRANTS]),
        help="A grant it may use; else those of its type. Repeatable.",
    ),
    click.option(
        "--auth-method", "token_endpoint_auth_method", type=click.Choice(AUTH_METHODS),
        help="How it proves who it is; else as its type does.",
    ),
    click.option("--scope", "scopes", help="The scopes it may ask for, in one text with spaces between."),
    click.option("--api", "allowed_apis", multiple=True, help="An API it may ask tokens for. Repeatable."),
    click.option("--role", "allowed_roles", multiple=True, help="Only people with such a role. Repeatable."),
    click.option("--jwks", type=click.File("rb"), help="A file with its public keys, a JWK Set."),
    click.option("--jwks-uri", help="The https address of its public keys."),
    click.option("--metadata", "metadata_file", type=click.File("rb"), help="A file of RFC 7591 metadata; - is stdin."),
    click.option("--metadata-url", help="The https address of RFC 7591 metadata; it is asked once."),
    click.option("--client-uri", help="Its home page."),
    click.option("--logo-uri", help="Its logo."),
    click.option("--policy-uri", help="Its privacy notice."),
    click.option("--tos-uri", help="Its terms."),
    click.option("--default-max-age", type=int, help="The oldest sign-in it takes, in seconds."),
    click.option("--access-lifetime", type=int, help="Life of its access tokens, in seconds."),
    click.option("--first-party/--no-first-party", default=None, help="Ours: people are not asked for consent."),
    click.option(
        "--require-second-step/--no-require-second-step", default=None, help="Let nobody in with one factor alone."
    ),
    click.option("--require-pkce/--no-require-pkce", default=None, help="Lift PKCE for an app with a secret."),
)  # fmt: skip
CLEARABLE = (
    "jwks", "jwks_uri", "client_uri", "logo_uri", "policy_uri", "tos_uri", "default_max_age", "access_lifetime",
    "redirect_uris", "post_logout_redirect_uris", "scopes", "allowed_apis", "allowed_roles",
)  # fmt: skip


def describing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that describe a client."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_options(given: dict[str, Any]) -> dict[str, Any]:
    """Turn the options of a command into fields of a client; options win over the metadata file."""
    file: IO[bytes] | None = given.pop("metadata_file")
    keys: IO[bytes] | None = given.pop("jwks")
    url: str | None = given.pop("metadata_url")
    if file and url:
        fail("give --metadata or --metadata-url, not both", USAGE)
    values = from_registration(_read_json(file)) if file else {}
    values |= from_registration(_read_text(fetch_metadata(url), url)) if url else {}
    for name, value in given.items():
        if value not in (None, ()):
            values[name] = list(value) if isinstance(value, tuple) else value
    if "grant_types" in values:
        values["grant_types"] = [SHORT_GRANTS.get(name, name) for name in values["grant_types"]]
    if keys:
        values["jwks"] = _read_json(keys)
    return values


def describe(client: Client, *, secret: str | None = None) -> dict[str, Any]:
    """Describe a client as JSON: wire names, what is ours beside them, and its secret only when it is new."""
    data = {
        **to_registration(client),
        "type": client.type,
        "enabled": client.disabled_at is None,
        "first_party": client.first_party,
        "require_pkce": client.require_pkce,
        "require_second_step": client.require_second_step,
        "allowed_roles": client.allowed_roles,
        "allowed_apis": client.allowed_apis,
        "access_lifetime": client.access_lifetime,
        "logo": full_address_of(client.logo) if client.logo else None,
        "version": client.version,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }
    return {**data, "client_secret": secret} if secret else data


def warn_about(client: Client) -> None:
    """Say on stderr what is weaker than it could be."""
    if not client.require_pkce:
        click.echo("idp: warning: without PKCE a stolen code of this app can be used by others.", err=True)


@contextmanager
def fields_named() -> Iterator[None]:
    """Leave with the name of the field when one is not acceptable."""
    try:
        yield
    except InvalidMetadata as error:
        fail(f"{error.field}: {error.public}")


def _read_json(file: IO[bytes]) -> Any:
    return _read_text(file.read(), file.name)


def _read_text(text: bytes | str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        fail(f"{name}: this is not JSON", USAGE)
