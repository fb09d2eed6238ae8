"""Metadata of RFC 7591 that somebody pasted: read whole, so that everything unfit in it is named at once."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.clients.errors import NOT_METADATA, InvalidMetadata
from idp.clients.metadata.registration import from_registration, is_known
from idp.clients.metadata.rules import RULES, clean, contradictions, defaults
from idp.clients.types import CODE, DEVICE, MACHINE, NONE, TYPES

LONGEST = 20_000
"""Characters; the review carries the text along, and a key set of ten keys fits."""
_WIRE = {"name": "client_name", "scopes": "scope"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field."""

    field: str
    says: Any
    is_unknown: bool = False
    """Whether this server does not know the field at all, so that it can be left out."""


@dataclass(frozen=True)
class Pasted:
    """What metadata says: the fields of a client, or the faults that stand before one."""

    values: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """What was taken away because somebody said so."""


def read_pasted(text: str, *, kind: str = "", leave_out: bool = False) -> Pasted:
    """Read metadata as JSON; `kind` says what the app is where it shall not be guessed.

    Nothing is dropped unless `leave_out` says so: an app must not believe in a protection that it does not get.
    """
    metadata = _parse(text)
    if metadata is None:
        return Pasted({}, [Fault("metadata", NOT_METADATA)])
    left_out = [_shown(name) for name in metadata if not is_known(name)] if leave_out else []
    metadata = {name: value for name, value in metadata.items() if not leave_out or is_known(name)}
    # What belongs together is judged together.
    together = {name: metadata[name] for name in ("response_types", "grant_types") if name in metadata}
    parts = [{name: value} for name, value in metadata.items() if name not in together]
    faults = [fault for part in (*parts, together) for fault in _faults(from_registration, part)]
    if faults:
        return Pasted({}, faults, left_out)
    values = from_registration(metadata)
    values["type"] = kind if kind in TYPES else values.get("type") or guess_kind(values)
    faults = list(_unfit(values))
    if faults:
        return Pasted({}, faults, left_out)
    cleaned = clean(values)
    return Pasted({name: cleaned[name] for name in RULES}, [], left_out)


def guess_kind(values: Mapping[str, Any]) -> str:
    """Tell what an app of this metadata is: RFC 7591 has no word for it."""
    grants = values.get("grant_types", [CODE])
    if isinstance(grants, list) and CODE not in grants:
        return "device" if DEVICE in grants else "machine" if MACHINE in grants else "api"
    return "spa" if values.get("token_endpoint_auth_method") == NONE else "web"


def _parse(text: str) -> dict[str, Any] | None:
    try:
        metadata = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    return metadata if isinstance(metadata, dict) and len(metadata) <= 100 else None


def _unfit(values: dict[str, Any]) -> Iterator[Fault]:
    """Judge each field by its rule and, once all are fit, what they contradict in each other."""
    kind = values["type"]
    fields = {"name": None, **defaults(kind), **values}
    cleaned: dict[str, Any] = {}
    for name, value in fields.items():
        try:
            cleaned[name] = RULES[name](value, name, kind)
        except InvalidMetadata as error:
            yield Fault(_WIRE.get(name, name), error.public)
    if len(cleaned) == len(fields):
        yield from (Fault(_WIRE.get(name, name), says) for name, says in contradictions(cleaned))


def _faults(judge: Callable[[Any], Any], part: Any) -> Iterator[Fault]:
    try:
        judge(part)
    except InvalidMetadata as error:
        name = str(error.field)
        yield Fault(_shown(name), error.public, is_unknown=not is_known(name))


def _shown(name: str) -> str:
    """Return a name that somebody made up so that it can be written on a page."""
    return "".join(sign if sign.isprintable() else "�" for sign in name[:60])
