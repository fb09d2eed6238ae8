"""`idp client check`: the twin of the check in the console's tools."""

from dataclasses import asdict
from typing import IO, Any

import click

from idp.core.cli import FAILED, emit, json_option, with_app
from idp.oauth.relying.checks import Report, compare
from idp.oauth.relying.reading import LONGEST


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@json_option
@with_app
def check(file: IO[str], as_json: bool) -> None:
    r"""Compare an app's configuration with discovery and its registration; leaves with 1 when something does not fit.

    FILE is JSON (a copy of a discovery document too) or lines of names and values, as in .env; - reads standard input.
    Secrets in it are passed over and never printed.

    \b
    Examples:
      idp client check app/.env
      kubectl get configmap app -o json | idp client check -
    """
    report = compare(file.read(LONGEST + 1))
    emit(_as_data(report), as_json=as_json, human=lambda _data: _page(report))
    if report.mismatches:
        raise SystemExit(FAILED)


def _as_data(report: Report) -> dict[str, Any]:
    rows = [{name: str(value) for name, value in asdict(row).items()} for row in report.mismatches]
    right = [{"name": name, "value": value} for name, value in report.right]
    return {"client_id": report.client_id, "mismatches": rows, "right": right, "secrets_passed_over": report.secrets,
            "not_understood": report.others}  # fmt: skip


def _page(report: Report) -> str:
    lines = [f"✓ {name:<28} {value}" for name, value in report.right]
    for row in report.mismatches:
        lines += [f"✗ {row.name:<28} {row.got}", f"  {row.says}"]
        lines += [f"  expected: {row.expected}"] if row.expected else []
        lines += [f"  {row.fix}"] if str(row.fix) else []
    if report.secrets:
        lines.append(f"Secrets passed over: {report.secrets}.")
    return "\n".join(
        [*lines, "Everything fits." if not report.mismatches else f"Mismatches: {len(report.mismatches)}."]
    )
