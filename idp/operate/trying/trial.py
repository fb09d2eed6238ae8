"""Around the sign-in of `idp try`: who signs in with which app, and what is printed."""

import json
from collections.abc import Callable
from typing import Any

import click

from idp.clients import service as clients
from idp.core.cli import NOT_FOUND, USAGE, fail
from idp.core.settings import Settings, settings
from idp.operate.demonstration import credentials
from idp.operate.paint import FIX, OK, mark
from idp.operate.trying import device, headless
from idp.operate.trying.sign_in import SCOPE, Drive, Outcome, Party, TryError, perform
from idp.operate.trying.verify import Check

_CLIENT_ID, _DEVICE_ID = "idp-try", "idp-try-device"
_KINDS: dict[str, dict[str, Any]] = {
    _CLIENT_ID: {"type": "native", "redirect_uris": ["http://127.0.0.1/callback"], "scopes": SCOPE.split()},
    _DEVICE_ID: {"type": "device", "scopes": device.SCOPE.split()},
}


def run_device(*, client_id: str | None, as_json: bool) -> bool:
    """Sign in once as a device and print what was checked; return whether all of it was right."""
    config = settings()
    party = Party(config.issuer, client_id or _own_client(config, _DEVICE_ID))
    return _report_on(lambda: device.perform(party, lambda text: click.echo(text, err=as_json)), as_json=as_json)


def run(*, email: str | None, password: str | None, client_id: str | None, show: bool, as_json: bool) -> bool:
    """Sign in once and print what was checked; return whether all of it was right."""
    config = settings()
    party = Party(config.issuer, client_id or _own_client(config))
    drive = _headless(config, email, password) if email else None
    say = lambda text: click.echo(text, err=as_json)  # noqa: E731
    return _report_on(lambda: perform(party, say, drive=drive, show=show), as_json=as_json)


def _report_on(act: Callable[[], Outcome], *, as_json: bool) -> bool:
    try:
        outcome = act()
    except (TryError, headless.HeadlessError) as error:
        click.echo(f"{mark(FIX)} {error}", err=True)
        return False
    if as_json:
        click.echo(json.dumps(_as_data(outcome), indent=2))
    else:
        click.echo("\n".join(_report(outcome)))
    return outcome.is_good


def _own_client(config: Settings, client_id: str = _CLIENT_ID) -> str:
    """Return the app that stands for this terminal; a development server makes it when it is missing."""
    if clients.find_client(client_id):
        return client_id
    kind = _KINDS[client_id]
    if not config.development:
        fail(
            f"in production, name an app of your own with --client-id (idp client add --type {kind['type']}); a native "
            "one needs the redirect address http://127.0.0.1/callback", USAGE,
        )  # fmt: skip
    clients.create_client(client_id=client_id, name="This terminal", **kind)
    return client_id


def _headless(config: Settings, name: str, password: str | None) -> Drive:
    if not config.development:
        fail("--headless fills in people's passwords: development mode only", USAGE)
    known = credentials.load(config.state_dir)
    person = known.find_person(name) if known else None
    if person is None and password is None:
        fail(f"{name} is not one of the demo people: send the password with --password-stdin", NOT_FOUND)
    email = person.email if person else name
    secret = password or (person.password if person else "")

    def drive(address: str, redirect_uri: str) -> dict[str, str]:
        seed = person.seed if person else ""
        return headless.sign_in(address, until=redirect_uri, email=email, password=secret, seed=seed)

    return drive


def _report(outcome: Outcome) -> list[str]:
    failed = [check for check in outcome.checks if not check.passed]
    if failed:
        return [line for check in failed for line in _explain(check)]
    claims = outcome.claims
    checked = ", ".join(check.name for check in outcome.checks if check.name not in {"signature", "discovery"})
    roles = f"  roles [{', '.join(claims['roles'])}]" if "roles" in claims else ""
    return [
        f"{mark(OK)} ID token verified      {outcome.header['alg']} kid {_short(outcome.header['kid'])}, {checked}",
        f"  sub {_short(claims['sub'])}  email {claims.get('email', '-')}{roles}",
    ]


def _explain(check: Check) -> list[str]:
    return [
        f"{mark(FIX)} {check.name}",
        f"  expected  {check.expected}",
        f"  got       {check.got}",
        f"  see       {check.doc}",
    ]


def _as_data(outcome: Outcome) -> dict[str, Any]:
    checks = [
        {"name": each.name, "passed": each.passed, "expected": each.expected, "got": each.got}
        for each in outcome.checks
    ]
    return {"verified": outcome.is_good, "checks": checks, "claims": outcome.claims}


def _short(value: str) -> str:
    return f"{value[:3]}…{value[-2:]}" if len(value) > 8 else value
