"""`idp try`: one sign-in as a relying party that knows only the issuer, with every check told."""

import secrets
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from idp.operate.trying.loopback import Listener
from idp.operate.trying.verify import Check, check_answer, check_id_token, check_metadata, check_userinfo

SCOPE = "openid email profile roles offline_access"
_PATIENCE_SECONDS = 300.0

Say = Callable[[str], None]
Drive = Callable[[str, str], dict[str, str]]


class TryError(RuntimeError):
    """A step did not work; the message says which, and what came back."""


@dataclass
class Outcome:
    """What came out of the sign-in."""

    checks: list[Check] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


@dataclass(frozen=True)
class Party:
    """The relying party: who it is and whom it asks."""

    issuer: str
    client_id: str


def perform(party: Party, say: Say, *, drive: Drive | None, show: bool) -> Outcome:
    """Sign in once: in a browser, or by `drive(address, redirect_uri)` which returns the answer's parameters.

    Raises TryError when a step fails before there is a token to check.
    """
    metadata = fetch(f"{party.issuer}/.well-known/openid-configuration")
    outcome = Outcome([check_metadata(metadata, party.issuer)])
    listener = Listener()
    try:
        token, nonce = _sign_in(party, metadata, listener, say, drive or _browser(listener, say, show=show))
    finally:
        listener.close()
    outcome.checks += check_answer(token.pop("_answer"), party.issuer)
    keys = fetch(metadata["jwks_uri"])
    found = check_id_token(
        token["id_token"], keys=keys, issuer=party.issuer, client_id=party.client_id, nonce=nonce,
        access_token=token["access_token"],
    )  # fmt: skip
    outcome.checks += found.checks
    person = fetch(metadata["userinfo_endpoint"], bearer=token["access_token"])
    outcome.checks.append(check_userinfo(person, found.claims))
    outcome.claims, outcome.header = person | found.claims, found.header
    return outcome


def _sign_in(
    party: Party, metadata: dict[str, Any], listener: Listener, say: Say, drive: Drive
) -> tuple[dict[str, Any], str]:
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    with OAuth2Session(
        party.client_id, scope=SCOPE, redirect_uri=listener.redirect_uri, code_challenge_method="S256",
        token_endpoint_auth_method="none", timeout=10,
    ) as client:  # fmt: skip
        address, state = client.create_authorization_url(
            metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier
        )
        say("→ GET  /authorize        code + PKCE S256, state, nonce")
        started = time.monotonic()
        answer = drive(address, listener.redirect_uri)
        if "code" not in answer or answer.get("state") != state:
            raise TryError(
                f"no code came back: {answer.get('error', 'no error')} {answer.get('error_description', '')}"
            )
        say(f"← code received          in {time.monotonic() - started:.1f} s")
        try:
            token = dict(client.fetch_token(metadata["token_endpoint"], code=answer["code"], code_verifier=verifier))
        except OAuthError as error:
            raise TryError(f"the token endpoint refused the code: {error.error} {error.description}") from error
    say(f"→ POST /token            200   access {_minutes(token['expires_in'])}{_more(token)}")
    return token | {"_answer": answer}, nonce


def _browser(listener: Listener, say: Say, *, show: bool) -> Drive:
    def drive(address: str, _redirect_uri: str) -> dict[str, str]:
        if not (show and webbrowser.open(address)):
            say(f"  Open this address in a browser on this machine:\n  {address}")
        answer = listener.wait(_PATIENCE_SECONDS)
        if answer is None:
            raise TryError(f"nobody came back within {_PATIENCE_SECONDS / 60:.0f} minutes")
        return answer

    return drive


def fetch(address: str, *, bearer: str = "") -> dict[str, Any]:
    """Read a JSON document; raise TryError."""
    try:
        answer = httpx.get(address, timeout=10, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        answer.raise_for_status()
        value: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise TryError(f"{address} does not answer as it should: {error}") from error
    return value


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:.0f} min"


def _more(token: dict[str, Any]) -> str:
    parts = [name for name in ("id_token", "refresh_token") if name in token]
    return "".join(f" · {name.removesuffix('_token')}" for name in parts)
