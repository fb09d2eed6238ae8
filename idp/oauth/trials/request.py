"""The authorization request of a trial, as its app would send it, and the same calls for a terminal."""

from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from idp.clients.service import ClientInfo
from idp.clients.types import CODE, DEVICE, MACHINE
from idp.core.settings import settings
from idp.oauth.client_auth.assertion import ASSERTION_TYPE
from idp.oauth.features import grant_types
from idp.oauth.trials.store import Trial, callback

GRANTS = (CODE, DEVICE, MACHINE)
"""What can be tried by itself; refreshing is a leg of the first two."""
_OPTIONS = ("prompt", "max_age", "acr_values", "claims")
ONE_TIME = frozenset({"code", "code_verifier", "device_code", "refresh_token", "token"})
"""Parameters whose values are shown to nobody."""
Pairs = list[tuple[str, str]]


def grants_of(client: ClientInfo) -> list[str]:
    """Return what of an app can be tried."""
    return [grant for grant in GRANTS if client.allows_grant(grant) and grant in grant_types()]


def resources_of(trial: Trial) -> Pairs:
    """Return the APIs a trial names, as parameters (RFC 8707 §2)."""
    return [("resource", value) for value in trial.asked.get("resource", "").split()]


def scope_of(trial: Trial) -> Pairs:
    """Return the scope a trial asks for, as a parameter; an empty one is left out."""
    scope = " ".join(trial.asked.get("scope", "").split())
    return [("scope", scope)] if scope else []


def authorization_url(trial: Trial) -> str:
    """Return the address that begins the trial: nothing of it differs from an app's own but the redirect address."""
    options = [(name, trial.asked[name]) for name in _OPTIONS if trial.asked.get(name)]
    pairs = [
        ("response_type", "code"), ("client_id", trial.client_id), ("redirect_uri", callback()), *scope_of(trial),
        ("state", trial.id), ("nonce", trial.nonce), ("code_challenge", create_s256_code_challenge(trial.verifier)),
        ("code_challenge_method", "S256"), *options, *resources_of(trial),
    ]  # fmt: skip
    return f"{settings().issuer}/oauth/authorize?{urlencode(pairs, quote_via=quote)}"


def code_form(trial: Trial, code: str) -> Pairs:
    """Return the form that redeems a code (RFC 6749 §4.1.3)."""
    return [
        ("grant_type", CODE), ("code", code), ("redirect_uri", callback()), ("code_verifier", trial.verifier),
    ]  # fmt: skip


def device_form(device_code: str) -> Pairs:
    """Return the form with which a device asks (RFC 8628 §3.4)."""
    return [("grant_type", DEVICE), ("device_code", device_code)]


def machine_form(trial: Trial) -> Pairs:
    """Return the form of an app that asks in its own name (RFC 6749 §4.4.2)."""
    return [("grant_type", MACHINE), *scope_of(trial), *resources_of(trial)]


def curl(client: ClientInfo, path: str, form: Iterable[tuple[str, str]]) -> str:
    """Write a call for a terminal; secrets and one-time values stand as variables."""
    lines = [f'curl "{settings().issuer}{path}"', *_proof(client)]
    lines += [f'  --data-urlencode "{name}={_shown(name, value)}"' for name, value in form]
    return " \\\n".join(lines)


def _proof(client: ClientInfo) -> list[str]:
    """Return how the app proves itself, by the way it is registered for."""
    method = client.token_endpoint_auth_method
    if method == "client_secret_basic":
        return [f'  --user "{quote_plus(client.id)}:${{OIDC_CLIENT_SECRET}}"']
    named = f'  --data-urlencode "client_id={client.id}"'
    if method == "client_secret_post":
        return [named, '  --data-urlencode "client_secret=${OIDC_CLIENT_SECRET}"']
    if method == "private_key_jwt":
        return [f'  --data-urlencode "client_assertion_type={ASSERTION_TYPE}"',
                '  --data-urlencode "client_assertion=${CLIENT_ASSERTION}"']  # fmt: skip
    return [named]


def _shown(name: str, value: str) -> str:
    if name in ONE_TIME:
        return f"${{{name.upper()}}}"
    # Inside double quotes a shell would still read these four.
    return "".join("\\" + sign if sign in '"\\$`' else sign for sign in value)
