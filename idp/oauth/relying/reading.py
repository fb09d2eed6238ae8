"""Read a configuration that somebody pasted: JSON, or lines of names and values, whatever the library calls them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LONGEST = 64 * 1024
_LINE = re.compile(r"\s*(?:export\s+|-\s+)?[\"']?([A-Za-z][\w.-]{0,80})[\"']?[ \t]*[=:](.*)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MOST_VALUES, _LONGEST_NAME = 20, 100
_PLACEHOLDER = re.compile(r"\$\{?\w+\}?|<[^>]*>|")
_SECRET = re.compile(
    r"secret|passw|private|credential|salt|cookie|assertion|(^|_)key(_|$)|"
    r"token(?!_(endpoint|url|uri))|jwks?$|jwk_set|code_verifier|session"
)
_CLIENT_SECRET = re.compile(r"client_?secret$")
_DEEPEST = 5
_FACTS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("issuer", r"(issuer|authority|provider)(_ur[il])?$"),
        ("issuer", r"(well_known|discovery|metadata|configuration)(_ur[il]|_endpoint)?$"),
        ("client_id", r"client_?id$"),
        ("post_logout_redirect_uris", r"post_logout_redirect_ur[il]s?$"),
        ("redirect_uris", r"(redirect|callback)(_ur[il]s?)?$"),
        ("token_endpoint_auth_method", r"(auth|authentication)_method$"),
        ("scopes", r"scopes?$"),
        ("response_types", r"response_types?$"),
        ("grant_types", r"grant_types?$|(^|_)flow$"),
        ("code_challenge_method", r"code_challenge_method$|pkce_method$"),
        ("device_authorization_endpoint", r"device_authorization_(endpoint|ur[il])$"),
        ("authorization_endpoint", r"(authorization|authorize|auth)_(endpoint|ur[il])$"),
        ("token_endpoint", r"token_(endpoint|ur[il])$"),
        ("userinfo_endpoint", r"user_?info_(endpoint|ur[il])$"),
        ("jwks_uri", r"jwks_(endpoint|ur[il])$"),
        ("introspection_endpoint", r"introspect(ion)?_(endpoint|ur[il])$"),
        ("revocation_endpoint", r"revo(ke|cation)_(endpoint|ur[il])$"),
        ("end_session_endpoint", r"(end_session|logout)_(endpoint|ur[il])$"),
    )
)
_LISTS = frozenset({"redirect_uris", "post_logout_redirect_uris", "scopes", "response_types", "grant_types"})


@dataclass
class Configuration:
    """What was understood of a text."""

    facts: dict[str, list[str]] = field(default_factory=dict)
    """Values by the name of what they are about."""
    supported: dict[str, list[str]] = field(default_factory=dict)
    """Lists out of a copy of a discovery document, by their names there."""
    secrets: int = 0
    """How many secrets were passed over."""
    has_client_secret: bool = False
    """Whether one of them was a secret of the app."""
    others: int = 0
    """How many names were not understood; they are counted only, for a secret may stand where a name should."""


def read(text: str) -> Configuration:
    """Read a text; what is not understood is counted and left out."""
    found = Configuration()
    for name, value in _pairs(text[:LONGEST]):
        _sort_in(found, _CAMEL.sub("_", name).lower().replace("-", "_").replace(".", "_"), value)
    return found


def _sort_in(found: Configuration, name: str, value: str | list[str]) -> None:
    if name.endswith("_supported"):
        found.supported[name] = value if isinstance(value, list) else [value]
        return
    fact = next((fact for fact, pattern in _FACTS if pattern.search(name)), None)
    if _SECRET.search(name) and not (fact and re.search(r"(endpoint|ur[il]|method)$", name)):
        found.secrets += 1
        found.has_client_secret = found.has_client_secret or bool(_CLIENT_SECRET.search(name) and value)
    elif fact is None:
        found.others += 1
    else:
        values = value if isinstance(value, list) else _split(value) if fact in _LISTS else [value]
        kept = [each for each in values if not _PLACEHOLDER.fullmatch(each)]
        if kept:
            found.facts[fact] = list(dict.fromkeys([*found.facts.get(fact, []), *kept]))[:_MOST_VALUES]


def _pairs(text: str) -> Iterator[tuple[str, str | list[str]]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict | list):
        yield from _walk(data, 0)
        return
    for line in text.splitlines():
        if (match := _LINE.match(line)) and not line.lstrip().startswith(("#", "//")):
            yield match[1], _unquoted(match[2].strip())


def _walk(data: Any, depth: int) -> Iterator[tuple[str, str | list[str]]]:
    """Yield the pairs of nested objects too: an app's settings are often one member of a file."""
    for name, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            yield name[:_LONGEST_NAME], value
        elif depth < _DEEPEST:
            yield from _walk(value, depth + 1)
    for value in data if isinstance(data, list) and depth < _DEEPEST else ():
        yield from _walk(value, depth + 1)


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and value.find(value[0], 1) > 0:
        return value[1 : value.find(value[0], 1)]
    return value.split(" #", 1)[0].rstrip(", \t").strip("\"'")


def _split(value: str) -> list[str]:
    return [part.strip("\"'") for part in re.split(r"[\s,\[\]]+", value) if part.strip("\"'")]
