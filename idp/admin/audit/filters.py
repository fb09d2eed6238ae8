"""Which events somebody asks to see: read from the address, and written into it again."""

from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from idp.admin.lists import asked
from idp.admin.routes import may
from idp.audit.groups import FAILED, GROUPS, OK, RESULTS
from idp.audit.naming import kinds_seen, read_names
from idp.audit.reading import TEXT_WITHIN, Wanted
from idp.core.clock import now
from idp.core.typed import span_of

SPANS = {
    "1h": (timedelta(hours=1), _l("Last hour")),
    "24h": (timedelta(hours=24), _l("24 hours")),
    "7d": (timedelta(days=7), _l("7 days")),
    "30d": (timedelta(days=30), _l("30 days")),
}
GROUP_WORDS = {
    "sign-in": _l("Signing in and out"), "security": _l("Security"), "people": _l("People"), "apps": _l("Apps"),
    "tokens": _l("Tokens"), "roles": _l("Roles and permissions"), "keys": _l("Keys"), "mail": _l("Mails"),
    "house": _l("Settings and the rest"),
}  # fmt: skip
RESULT_WORDS = {OK: _l("done"), FAILED: _l("refused or failed")}
_EXACT = ("tag", "actor", "subject", "client_id", "request_id", "session_id", "ip", "text")
__all__ = ["GROUP_WORDS", "RESULT_WORDS", "SPANS", "TEXT_WITHIN", "events_wanted", "named", "read_filters", "wanted_by"]
_CHOSEN = {"result": RESULTS, "last": tuple(SPANS)}


def read_filters() -> dict[str, Any]:
    """Return the filters of this request that say something, as `url_for` takes them."""
    found: dict[str, Any] = asked(*_EXACT, *_CHOSEN, "since", "until")
    found = {name: value for name, value in found.items() if value in _CHOSEN.get(name, (value,))}
    if groups := [group for group in GROUPS if group in request.args.getlist("group")]:
        found["group"] = groups
    if "last" in found:
        found.pop("since", None), found.pop("until", None)
    return found


def named(filters: dict[str, Any]) -> dict[str, Any]:
    """Return the filters with people and apps as the trail writes them; raise UnknownName and SharedName."""
    return read_names(filters, kinds_seen(may))


def wanted_by(filters: dict[str, Any]) -> dict[str, Any]:
    """Return which events the filters mean, as fields of `Wanted`."""
    since, until = span_of(filters.get("since"), filters.get("until"))
    if "last" in filters:
        since = now() - SPANS[filters["last"]][0]
    exact = {name: filters.get(name) for name in (*_EXACT, "result")}
    return {**exact, "groups": tuple(filters.get("group", ())), "since": since, "until": until}


def events_wanted(filters: dict[str, Any]) -> Wanted:
    """Return which events the filters mean."""
    return Wanted(**wanted_by(filters))
