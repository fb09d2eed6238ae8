"""What exactly a person is asked to allow: what is new, what was allowed before, with their own values."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _

from idp.access.service import group_names, role_names
from idp.oauth.authorize.asked import Asked
from idp.oauth.authorize.consents import find_consent
from idp.oauth.scopes import OPENID, decide_scopes, describe_key
from idp.oauth.tokens.claims import CLAIMS_OF_SCOPE, STANDARD_CLAIMS, names_of_scopes, person_claims

_SHOWN = {
    "profile": (
        "name",
        "preferred_username",
        "given_name",
        "family_name",
        "birthdate",
        "website",
        "locale",
        "zoneinfo",
    ),
}
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class Offer:
    """What one person would give one app by saying yes; made once, shown, and then granted as it was shown."""

    user_id: str
    scopes: list[str]
    keys: list[str]
    """The scopes as consent knows them: a permission with the API it belongs to."""
    essential: list[str]
    """Single claims the app cannot do without, beyond those of the scopes."""
    voluntary: list[str]
    """Single claims the person may leave out."""
    known_keys: list[str]
    known_claims: dict[str, bool]
    """Single claims the person has decided about before, and how."""
    is_new: bool

    def as_payload(self) -> dict[str, Any]:
        """Return plain values that an interaction can keep."""
        return asdict(self)


@dataclass(frozen=True)
class Item:
    """One line of the consent page."""

    name: str
    title: Any
    icon: str
    value: str
    is_new: bool


def make_offer(user: Any, asked: Asked) -> Offer:
    """Work out what a person may give an app now, and whether any of it has not been allowed before."""
    decision = decide_scopes(user.id, asked.client, asked.scopes, asked.resources)
    wanted = {
        name: essential
        for name, essential in asked.claim_names().items()
        if name in STANDARD_CLAIMS and name not in names_of_scopes(decision.granted)
    }
    essential = sorted(name for name, is_essential in wanted.items() if is_essential)
    voluntary = sorted(name for name, is_essential in wanted.items() if not is_essential)
    consent = find_consent(user.id, asked.client.id)
    known_claims = consent.claims if consent else {}
    is_new = (
        consent is None
        or not set(decision.keys) <= set(consent.scopes)
        or not all(known_claims.get(name) for name in essential)
        or not set(voluntary) <= set(known_claims)
    )
    return Offer(
        user.id, decision.granted, decision.keys, essential, voluntary,
        known_keys=list(consent.scopes) if consent else [], known_claims=dict(known_claims), is_new=is_new,
    )  # fmt: skip


def still_good(asked: Asked, offer: Offer) -> tuple[list[str], list[str]]:
    """Return the scopes of an offer, and their keys, that may still be granted: a right taken away since may not."""
    current = decide_scopes(offer.user_id, asked.client, offer.scopes, asked.resources)
    scopes = [scope for scope in offer.scopes if scope in current.granted]
    return scopes, [key for key in offer.keys if key in current.keys]


def must_ask(asked: Asked, offer: Offer) -> bool:
    """Tell whether the person has to be asked: something is new, or the app asks for the page (OIDC Core §3.1.2.4)."""
    if "consent" in asked.prompt:
        return True
    if asked.client.first_party:
        return False
    return offer.is_new or not is_assured(asked)


def is_assured(asked: Asked) -> bool:
    """Tell whether only this app can receive the answer: by a secret, or at an https address (RFC 8252 §8.6)."""
    return not asked.client.is_public or asked.answer.redirect_uri.startswith("https://")


def given_claims(asked: Asked, scopes: Collection[str], names: Collection[str]) -> dict[str, Any]:
    """Return the claims parameter reduced to what the person gives: claims of the scopes, and those named."""
    given = names_of_scopes(scopes) | set(names)
    return {
        place: {name: said for name, said in requests.items() if name in given or name not in STANDARD_CLAIMS}
        for place, requests in asked.claims.items()
    }


def remembered_claims(asked: Asked, offer: Offer) -> list[str]:
    """Return the single claims that were given before, for an answer without a question."""
    if asked.client.first_party:
        return [*offer.essential, *offer.voluntary]
    return [name for name, given in offer.known_claims.items() if given]


def scope_items(user: Any, offer: Offer) -> list[Item]:
    """Return the lines of the page, those of single essential claims too; `openid` is not worth a line."""
    items = [_scope_item(user, key, offer) for key in offer.keys if key != OPENID]
    return items + [_claim_item(user, name, offer) for name in offer.essential]


def voluntary_items(user: Any, offer: Offer) -> list[Item]:
    """Return the lines with a box to tick."""
    return [_claim_item(user, name, offer) for name in offer.voluntary]


def preview(user: Any, scope: str) -> str:
    """Return the person's own values behind a scope, as they would be shared now."""
    if scope == "roles":
        return ", ".join(role_names(user.id))
    if scope == "groups":
        return ", ".join(group_names(user.id))
    values = person_claims(user, CLAIMS_OF_SCOPE.get(scope, ()))
    chosen = _SHOWN.get(scope, tuple(values))
    texts = dict.fromkeys(
        _text(values[name]) for name in chosen if name in values and not isinstance(values[name], bool)
    )
    return ", ".join(texts)


def claim_title(name: str) -> str:
    """Return what people call a claim (OIDC Core §5.1)."""
    titles = {
        "name": _("Your name"), "given_name": _("Your first name"), "family_name": _("Your last name"),
        "middle_name": _("Your middle name"), "nickname": _("Your nickname"),
        "preferred_username": _("Your username"), "profile": _("Your profile page"), "picture": _("Your picture"),
        "website": _("Your website"), "email": _("Your e-mail address"),
        "email_verified": _("Whether your e-mail address is confirmed"), "gender": _("Your gender"),
        "birthdate": _("Your date of birth"), "zoneinfo": _("Your time zone"), "locale": _("Your language"),
        "phone_number": _("Your phone number"), "phone_number_verified": _("Whether your phone number is confirmed"),
        "address": _("Your postal address"), "updated_at": _("When your profile was last changed"),
    }  # fmt: skip
    return str(titles.get(name, name))


def _scope_item(user: Any, key: str, offer: Offer) -> Item:
    scope = describe_key(key)
    return Item(scope.name, scope.title, scope.icon, preview(user, key)[:_LONGEST_VALUE], key not in offer.known_keys)


def _claim_item(user: Any, name: str, offer: Offer) -> Item:
    values = person_claims(user, [name])
    value = _text(values[name]) if name in values else ""
    return Item(name, claim_title(name), "identification", value[:_LONGEST_VALUE], name not in offer.known_claims)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return " ".join(str(value.get("formatted") or ", ".join(map(str, value.values()))).split())
    return str(value)
