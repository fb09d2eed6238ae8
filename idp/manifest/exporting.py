"""Write what is there as a manifest: only what differs from how things begin, and never a secret."""

import json
import re
from collections.abc import Iterator
from typing import Any

from idp.access.permissions import BUILT_IN_ROLES, OWN_API_NAME
from idp.clients.metadata.rules import RULES, defaults
from idp.clients.types import SECRET_METHODS
from idp.manifest import things
from idp.manifest.things import Thing

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 110
_HEAD = """\
# APIs, roles, groups, apps, webhooks and changed settings of idp.
# `idp plan FILE` compares, `idp apply FILE` makes it so.
# What is left out is as it begins; secrets stand nowhere here.
"""


def export() -> str:
    """Return the present state as a manifest."""
    found = things.present().values()
    parts = {"api": _api, "role": _role, "group": _group, "client": _client}
    parts |= {"webhook": _webhook, "setting": _setting}
    blocks = ["\n".join(block) for thing in found if (block := list(parts[thing.kind](thing)))]
    return "\n".join([_HEAD, *(f"{block}\n" for block in blocks)])


def _api(thing: Thing) -> Iterator[str]:
    fields = thing.fields
    if thing.builtin and fields["name"] == OWN_API_NAME and fields["access_token_lifetime"] is None:
        return
    yield "[[apis]]"
    yield _line("identifier", thing.name)
    yield _line("name", fields["name"])
    if fields["access_token_lifetime"] is not None:
        yield _line("access_token_lifetime", fields["access_token_lifetime"])
    if fields["permissions"] and not thing.builtin:
        yield "permissions = ["
        for name, texts in fields["permissions"].items():
            yield f"  {_value({'name': name, **_filled(texts)})},"
        yield "]"


def _role(thing: Thing) -> Iterator[str]:
    taken_out = {"permissions", *({"includes"} if thing.builtin else ())}
    fields = {name: value for name, value in thing.fields.items() if name not in taken_out}
    if thing.builtin and fields == {"title": _title(thing), "description": "", "require_second_step": False}:
        return
    yield "[[roles]]"
    yield _line("name", thing.name)
    kept = fields if thing.builtin else _filled(fields)
    yield from (_line(name, value) for name, value in kept.items())
    if thing.fields["permissions"] and not thing.builtin:
        yield "[roles.permissions]"
        yield from (_line(api, names) for api, names in _by_api(thing.fields["permissions"]).items())


def _group(thing: Thing) -> Iterator[str]:
    yield "[[groups]]"
    yield _line("name", thing.name)
    yield from (_line(name, value) for name, value in _filled(thing.fields).items())


def _client(thing: Thing) -> Iterator[str]:
    fields = thing.fields
    yield "[[clients]]"
    yield _line("client_id", thing.name)
    yield _line("name", fields["name"])
    yield _line("type", fields["type"])
    begun = things.client_fields({**dict.fromkeys(RULES), **defaults(fields["type"])})
    for name, value in fields.items():
        if name not in {"name", "type", "enabled"} and value is not None and value != begun[name]:
            yield _line(name, value)
    if not fields["enabled"]:
        yield _line("enabled", value=False)
    if fields["token_endpoint_auth_method"] in SECRET_METHODS:
        yield '# secret = { env = "NAME" }   # it is not written here; without this line it stays as it is'


def _setting(thing: Thing) -> Iterator[str]:
    yield "[[settings]]"
    yield _line("name", thing.name)
    yield _line("value", thing.fields["value"])


def _webhook(thing: Thing) -> Iterator[str]:
    yield "[[webhooks]]"
    yield _line("name", thing.name)
    kept = {name: value for name, value in thing.fields.items() if name != "enabled"}
    yield from (_line(name, value) for name, value in _filled(kept).items())
    if not thing.fields["enabled"]:
        yield _line("enabled", value=False)
    yield '# secret = { env = "NAME" }   # it is not written here; without this line it stays as it is'


def _title(thing: Thing) -> str:
    """Return what a role that came with the house was called then."""
    return BUILT_IN_ROLES[thing.name][0] if thing.name in BUILT_IN_ROLES else ""


def _by_api(pairs: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        api, _, name = pair.rpartition(" ")
        found.setdefault(api, []).append(name)
    return found


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None, False, [])}


def _line(name: str, value: Any) -> str:
    line = f"{_key(name)} = {_value(value)}"
    if isinstance(value, list) and len(line) > _WIDTH:
        return "\n".join([f"{_key(name)} = [", *(f"  {_value(item)}," for item in value), "]"])
    return line


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


def _text(value: str) -> str:
    # JSON's escapes are TOML's too, but for the one sign that JSON lets stand.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
