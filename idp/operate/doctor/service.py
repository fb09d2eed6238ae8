"""`idp doctor`: ask every question once, in an order that helps to mend."""

from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from idp.operate.doctor import copies, house, people, surroundings
from idp.operate.doctor.finding import Finding, broken
from idp.operate.paint import FIX, LOOK

Check = Callable[[], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "config": house.config,
    "mode": house.mode,
    "issuer": surroundings.issuer,
    "discovery": surroundings.discovery,
    "database": house.database,
    "keys": house.keys,
    "files": house.files,
    "worker": house.worker,
    "backup": copies.backup,
    "deliveries": house.deliveries,
    "webhooks": house.webhooks,
    "mail": surroundings.mail,
    "redis": surroundings.redis_store,
    "cookies": surroundings.cookies,
    "clock": surroundings.clock,
    "disk": surroundings.disk,
    "owners": people.owners,
    "apps": people.apps,
    "secrets": people.secrets,
    "guesses": people.guesses,
}


def examine() -> list[Finding]:
    """Run every check; one that stumbles is a finding itself, and the others go on."""
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            findings += check()
        except (SQLAlchemyError, OSError, ValueError, RuntimeError) as error:
            findings.append(_stumbled(name, error))
    return findings


def is_ill(findings: list[Finding]) -> bool:
    """Tell whether something must be mended."""
    return any(finding.sign == FIX for finding in findings)


def report(findings: list[Finding]) -> str:
    """Write all findings, and the sum of them."""
    lines = [line for finding in findings for line in finding.lines()]
    to_look, to_fix = (sum(finding.sign == sign for finding in findings) for sign in (LOOK, FIX))
    total = f"{to_look} to look at, {to_fix} to fix" if to_look or to_fix else "All is well."
    return "\n".join([*lines, total])


def _stumbled(name: str, error: Exception) -> Finding:
    first_line = (str(error).splitlines() or [type(error).__name__])[0]
    why = "The check itself could not be done, so nobody knows."
    return broken(
        name, f"{type(error).__name__}: {first_line[:160]}", why=why, fix="Mend the one above, then ask again."
    )
