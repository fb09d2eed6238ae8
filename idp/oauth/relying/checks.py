"""CHECKS: what does not fit between a relying party's configuration, our discovery and the app's registration."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.clients.service import ClientInfo, find_client, list_clients
from idp.clients.types import CODE, SECRET_METHODS
from idp.core.settings import settings
from idp.oauth.authorize.mismatch import explain
from idp.oauth.features import FEATURES
from idp.oauth.metadata import build_metadata
from idp.oauth.relying.reading import Configuration, read

WELL_KNOWN = "/.well-known/openid-configuration"
_LONGEST_SHOWN = 300
_USERINFO = re.compile(r"(?<=://)[^/@]*@")
_NOTHING_READ = _l("Nothing of it was understood. Paste JSON, or lines such as OIDC_ISSUER=https://…")
_CODE_ONLY = _l("Set it to code: tokens never travel through the browser here.")


@dataclass(frozen=True)
class Mismatch:
    """One thing that does not fit: what was said, what is true, and what to do."""

    name: str
    got: str
    expected: str
    says: Any
    fix: Any


@dataclass
class Report:
    """What came out of a comparison."""

    mismatches: list[Mismatch] = field(default_factory=list)
    right: list[tuple[str, str]] = field(default_factory=list)
    """Names and values that fit."""
    client_id: str | None = None
    """The app it is about, where there is one."""
    secrets: int = 0
    others: int = 0


@dataclass
class _Comparison:
    found: Configuration
    metadata: dict[str, Any]
    report: Report
    client: ClientInfo | None = None

    def each(self, name: str) -> Iterator[str]:
        """Yield the values of one fact."""
        yield from self.found.facts.get(name, ())

    def fits(self, name: str, value: str) -> None:
        """Note that a value is right."""
        self.report.right.append((name, _shown(value)))

    def differs(self, name: str, got: str, expected: str, says: Any, fix: Any) -> None:
        """Note that a value is not."""
        self.report.mismatches.append(Mismatch(name, _shown(got), expected, says, fix))


def compare(text: str) -> Report:
    """Compare a pasted configuration with what is true here."""
    found = read(text)
    report = Report(secrets=found.secrets, others=found.others)
    comparison = _Comparison(found, build_metadata(FEATURES), report)
    if not found.facts and not found.supported:
        comparison.differs("", "", "", _NOTHING_READ, "")
    for check in CHECKS:
        check(comparison)
    return report


def check_issuer(seen: _Comparison) -> None:
    """The issuer is compared byte for byte by libraries (OpenID Connect Discovery §4.3)."""
    issuer = settings().issuer
    for value in seen.each("issuer"):
        sent = value.removesuffix(WELL_KNOWN).removesuffix("/.well-known/oauth-authorization-server")
        if sent == issuer:
            seen.fits("issuer", value)
            continue
        where = explain(sent, [issuer]).difference
        says = _l("It is not our issuer: %(part)s.", part=where) if where else _l("It is not our issuer.")
        seen.differs("issuer", value, issuer, says, _l("Copy the issuer letter by letter, without a slash at its end."))


def check_endpoints(seen: _Comparison) -> None:
    """Addresses are those of discovery, or come from another server or another time."""
    for name in [name for name in seen.found.facts if name.endswith(("_endpoint", "jwks_uri"))]:
        known = seen.metadata.get(name)
        for value in seen.each(name):
            if value == known:
                seen.fits(name, value)
            elif known is None:
                seen.differs(name, value, "", _l("This server does not offer it."), _l("Take it out."))
            else:
                where = explain(value, [known]).difference
                says = _l("It is not an endpoint of ours: %(part)s.", part=where)
                fix = _l("Let the library read discovery, or copy the address from there.")
                seen.differs(name, value, known, says, fix)


def check_supported(seen: _Comparison) -> None:
    """A copy of a discovery document promises nothing that is not so any more."""
    for name, values in seen.found.supported.items():
        known = seen.metadata.get(name)
        if not isinstance(known, list):
            continue
        if stale := [value for value in values if value not in known]:
            says = _l("The copy of discovery is not ours, or not from today.")
            seen.differs(name, " ".join(stale), " ".join(known), says, _l("Let the library read discovery by itself."))


def check_client(seen: _Comparison) -> None:
    """The app is known, and turned on."""
    for value in seen.each("client_id"):
        client = find_client(value)
        if client is None:
            near = difflib.get_close_matches(value, [row.id for row in list_clients()], n=1, cutoff=0.8)
            says = _l("No app has this client id.")
            fix = _l("Did you mean the one beside it?") if near else _l("Add the app, or copy its id from its page.")
            seen.differs("client_id", value, near[0] if near else "", says, fix)
        elif not client.is_enabled:
            seen.differs("client_id", value, value, _l("The app is turned off."), _l("Turn it on."))
        else:
            seen.client, seen.report.client_id = client, client.id
            seen.fits("client_id", value)


def check_addresses(seen: _Comparison) -> None:
    """People come back to registered addresses only, matched exactly (RFC 9700 §2.1)."""
    if seen.client is None:
        return
    for name, allows, known in (
        ("redirect_uris", seen.client.allows_redirect, seen.client.redirect_uris),
        ("post_logout_redirect_uris", seen.client.allows_post_logout_redirect, seen.client.post_logout_redirect_uris),
    ):
        for value in seen.each(name):
            if allows(value):
                seen.fits(name, value)
                continue
            near = explain(value, known)
            says = _l("The address is not registered.")
            if near.difference:
                says = _l("The address is not registered; the nearest one differs: %(part)s.", part=near.difference)
            fix = _l("Send the registered address letter by letter, or add this one to the app.")
            seen.differs(name, value, near.registered or "", says, fix)


def check_scopes(seen: _Comparison) -> None:
    """The app may ask for these scopes."""
    if seen.client is None:
        return
    for value in seen.each("scopes"):
        if value in seen.client.scopes:
            seen.fits("scope", value)
        else:
            allowed = " ".join(sorted(seen.client.scopes))
            says = _l("The app may not ask for this scope; it would be left out.")
            seen.differs("scope", value, allowed, says, _l("Take it out, or allow it to the app."))


def check_flow(seen: _Comparison) -> None:
    """Response types, grants and PKCE are those of this server and this app."""
    for value in seen.each("response_types"):
        if value == "code":
            seen.fits("response_type", value)
        else:
            seen.differs("response_type", value, "code", _l("This server answers with a code only."), _CODE_ONLY)
    offered = seen.metadata["grant_types_supported"]
    for value in seen.each("grant_types"):
        grant = CODE if value == "code" else value
        allowed = sorted(seen.client.grant_types) if seen.client else offered
        if grant in allowed and grant in offered:
            seen.fits("grant_type", value)
        else:
            fix = _l("Use one of these; an app of another kind has others.")
            seen.differs("grant_type", value, " ".join(allowed), _l("The app may not use this grant."), fix)
    for value in seen.each("code_challenge_method"):
        if value != "S256":
            fix = _l("Set it to S256; plain protects nothing.")
            seen.differs("code_challenge_method", value, "S256", _l("PKCE is taken as S256 only."), fix)


def check_proof(seen: _Comparison) -> None:
    """The app proves itself the way it is registered for."""
    if seen.client is None:
        return
    known = seen.client.token_endpoint_auth_method
    for value in seen.each("token_endpoint_auth_method"):
        if value == known:
            seen.fits("token_endpoint_auth_method", value)
        else:
            says = _l("The app is registered to prove itself in another way.")
            seen.differs("token_endpoint_auth_method", value, known, says, _l("Set it to the registered one."))
    if seen.found.has_client_secret and known not in SECRET_METHODS:
        says = _l("It has a secret, and the app is registered without one.")
        seen.differs("client_secret", "…", known, says, _l("Take the secret out, or register an app that keeps one."))


CHECKS: tuple[Callable[[_Comparison], None], ...] = (
    check_issuer, check_client, check_addresses, check_scopes, check_flow, check_proof, check_endpoints,
    check_supported,
)  # fmt: skip


def _shown(value: str) -> str:
    return _USERINFO.sub("…@", value[:_LONGEST_SHOWN])
