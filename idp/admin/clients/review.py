"""A new app in sentences: what it will get, and what is risky about it."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import format_timedelta
from flask_babel import gettext as _

from idp.clients.metadata.hints import look_at
from idp.clients.types import CODE, DEVICE, KEYS, MACHINE, REFRESH, SECRET_METHODS, TYPES
from idp.core.settings import settings
from idp.oauth.scopes import OFFLINE, STANDARD_SCOPES

_LONG = 3600


def sentences(values: dict[str, Any]) -> list[str]:
    """Say what an app of these values will be able to do."""
    kind = TYPES[values["type"]]
    said = [_ways(values), _proof(values)]
    if kind.scopes:
        said.append(_who(values))
        titles = [str(STANDARD_SCOPES[name].title) for name in values["scopes"] if name in STANDARD_SCOPES]
        said += [_("It may ask people for: %(what)s.", what="; ".join(titles))] if titles else []
        said.append(_("People are not asked for consent.") if values.get("first_party")
                    else _("People are asked for consent once."))  # fmt: skip
    rights = [name for name in values["scopes"] if name not in STANDARD_SCOPES]
    if rights:
        said.append(_("It may ask for these permissions: %(what)s.", what=", ".join(rights)))
    if _grants(values):
        said.append(_("Its access tokens live %(time)s.", time=_lifetime(values)))
    return said


def risks(values: dict[str, Any]) -> list[str]:
    """Say what is worth a second look before an app is made."""
    found = odd_addresses(values.get("redirect_uris", []), values["type"])
    is_machine = MACHINE in _grants(values)
    rights = [name for name in values["scopes"] if name not in STANDARD_SCOPES]
    checks = {
        _("People will not see what they share with it. Say so only of apps of your own house."):
            values.get("first_party"),
        _("It keeps access while people are away, until they remove it."): OFFLINE in values["scopes"],
        _("It acts in its own name: nobody is asked before it uses its permissions."): is_machine and rights,
        _("It has no permission at any API yet: its tokens open nothing."): is_machine and not rights,
        _("Long-lived access tokens stay good at APIs that only check their signature."):
            (values.get("access_lifetime") or 0) > _LONG,
        _("It stands for no API yet: it sees nobody’s tokens."):
            values["type"] == "api" and not values["allowed_apis"],
    }  # fmt: skip
    return found + [sentence for sentence, holds in checks.items() if holds]


def odd_addresses(addresses: Sequence[str], kind: str) -> list[str]:
    """Say what is worth a second look about the redirect addresses of a kind of app."""
    return [f"{remark.address}: {remark.says}" for remark in look_at(addresses, kind)]


def _grants(values: dict[str, Any]) -> Collection[str]:
    return values.get("grant_types", TYPES[values["type"]].grant_types)


def _proof(values: dict[str, Any]) -> str:
    method = values.get("token_endpoint_auth_method", TYPES[values["type"]].auth_method)
    if method in SECRET_METHODS:
        return _("It proves itself with a secret, which is shown once on the next page.")
    return _("It signs with keys of its own.") if method == KEYS else _("It has no secret; PKCE protects each sign-in.")


def _ways(values: dict[str, Any]) -> str:
    grants = _grants(values)
    if CODE in grants:
        return _("People sign in with an authorization code and PKCE; it gets an ID token and an access token.")
    if DEVICE in grants:
        return _("It shows a code; people confirm it on another device.")
    if MACHINE in grants:
        return _("It gets access tokens in its own name; nobody signs in.")
    return _("It asks whether tokens of others are good; it gets none of its own.")


def _who(values: dict[str, Any]) -> str:
    roles = values.get("allowed_roles")
    who = _("Only people with one of these roles may sign in: %(roles)s.", roles=", ".join(roles)) if roles else _(
        "Everybody with an account may sign in.")  # fmt: skip
    return f"{who} {_('They need a second step.')}" if values.get("require_second_step") else who


def _lifetime(values: dict[str, Any]) -> str:
    seconds = values.get("access_lifetime")
    life = format_timedelta(seconds or settings().tokens.access, threshold=1.5)
    if REFRESH not in _grants(values):
        return life
    return _("%(time)s and are renewed while people use it", time=life)
