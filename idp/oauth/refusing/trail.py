"""What the audit keeps of a request that was refused, for who looks it up: names, and values that can open nothing."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from idp.clients.service import find_client
from idp.oauth.client_auth import claimed_client_id
from idp.oauth.request import StrictRequest, is_known

_TOLD = (
    "acr_values", "code_challenge_method", "display", "grant_type", "max_age", "prompt", "redirect_uri", "resource",
    "response_mode", "response_type", "scope", "token_type_hint",
)  # fmt: skip
"""Parameters whose values are kept; of every other known one only that it was there."""
_LONGEST = 120


def sent(request: StrictRequest | None) -> dict[str, Any]:
    """Return what to record of a request: where it went, its parameters, and the app it named, if there is one."""
    if request is None:
        return {}
    names = sorted(name for name in request.payload.datalist if is_known(name))
    strange = len(request.payload.datalist) - len(names)
    words = [_word(request, name) for name in names if name != "client_id"] + ([f"+{strange}"] if strange else [])
    claimed = find_client(claimed_client_id(request))
    return {"endpoint": request.path, "sent": " ".join(words), "claimed": claimed.id if claimed else None}


def _word(request: StrictRequest, name: str) -> str:
    if name not in _TOLD:
        return name
    value = request.find(name) or ""
    if name == "redirect_uri":
        value = _plain(value)
    # A blank would look like the next parameter.
    return f"{name}={value[:_LONGEST].replace(' ', '+')}"


def _plain(address: str) -> str:
    """Return an address without what may be a secret in it: a password, a query, a fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "?"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "…" if parts.query else "", ""))
