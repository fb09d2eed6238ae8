"""`idp doctor`."""

import click

from idp.core.cli import FAILED, OK, emit, json_option, with_app
from idp.operate.doctor import service as doctor_


@click.command()
@json_option
@with_app
def doctor(as_json: bool) -> None:
    r"""Look for what is wrong, and say how to mend it; leaves with 1 when something must be mended.

    \b
    Examples:
      idp doctor
      idp doctor --json
    """
    findings = doctor_.examine()
    emit([finding.as_dict() for finding in findings], as_json=as_json, human=lambda _data: doctor_.report(findings))
    raise SystemExit(FAILED if doctor_.is_ill(findings) else OK)
