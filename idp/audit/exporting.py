"""Write the trail as a file, an event at a time: memory stays the same however long it is."""

import json
from collections.abc import Iterator

from idp.audit.reading import Wanted, iterate_events
from idp.audit.service import as_dict
from idp.core.csv_text import write_rows

FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl"}
COLUMNS = (
    "id", "at", "event", "actor", "subject", "client_id", "session_id", "request_id", "ip", "user_agent", "detail",
    "position", "hash",
)  # fmt: skip


def write_numbered(
    form: str, wanted: Wanted | None = None, *, upto: int | None = None
) -> Iterator[tuple[int | None, str]]:
    """Write events, the oldest first, as lines of CSV or of JSON, each with its number; none above `upto`."""
    if form == "csv":
        yield None, write_rows([COLUMNS])
    for event in iterate_events(wanted, upto=upto):
        told = as_dict(event)
        if form == "csv":
            yield event.id, write_rows([[told[name] for name in COLUMNS]])
        else:
            yield event.id, json.dumps(told, ensure_ascii=False) + "\n"
