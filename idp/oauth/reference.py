"""The reference of refusals: every reason the protocol has to say no, its cause and its remedy.

The same rows make the page that `error_uri` points to and the checked-in page of the manual.
"""

from itertools import groupby

from idp.oauth.errors import REFUSALS, Refusal

_HEAD = """# Errors of the protocol

Every refusal carries `error`, `error_description` and `error_uri`; the last one leads to an entry of this page. The
request's id is in the header `X-Request-Id` and in the audit log, where the server's administrator finds the rest.

This page is generated from the code.
"""


def refusals_by_error() -> list[tuple[str, list[Refusal]]]:
    """Return the refusals grouped by their error code, in order of the code."""
    rows = sorted(REFUSALS.values(), key=lambda row: row.error)
    return [(error, list(group)) for error, group in groupby(rows, key=lambda row: row.error)]


def reference_markdown() -> str:
    """Write the page of the manual."""
    parts = [_HEAD]
    for error, rows in refusals_by_error():
        parts.append(f"## `{error}`\n")
        parts += [_entry(row) for row in rows]
    return "\n".join(parts)


def _entry(row: Refusal) -> str:
    return (
        f'<a id="{row.anchor}"></a>\n\n### {row.anchor}\n\n'
        f"> {row.description}\n\n- Status: {row.status}\n- Cause: {row.cause}\n- Fix: {row.fix}\n"
    )
