"""What the columns of a profile may hold (OpenID Connect Core §5.1), the same for every way in."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l

from idp.accounts.email.addresses import clean_name
from idp.accounts.errors import UnfitProfile

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,30}[a-z0-9]")
_BIRTHDATE = re.compile(r"\d{4}(-\d{2}-\d{2})?")
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{2,30}(;ext=\d{1,8})?")
_ADDRESS_PARTS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}
_LONGEST_LINK = 500


def check_profile(values: dict[str, Any]) -> dict[str, Any]:
    """Return profile values as they are kept; empty ones become None. Raise UnfitProfile with the field."""
    unknown = values.keys() - _CHECKS.keys()
    if unknown:
        raise UnfitProfile(_l("There is no such profile field."), field=min(unknown))
    kept = {}
    for field, value in values.items():
        empty = "" if field == "name" else None
        kept[field] = empty if value is None or value == "" else _CHECKS[field](field, value)
    return kept


def _name(_field: str, value: Any) -> str:
    return clean_name(str(value))


def _username(field: str, value: Any) -> str:
    name = str(value).strip().lower()
    if not _USERNAME.fullmatch(name):
        raise UnfitProfile(_l("Use 3 to 32 letters a-z, digits, dots, dashes or underscores."), field=field)
    return name


def _link(field: str, value: Any) -> str:
    text = str(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    fit = parts.scheme in {"http", "https"} and parts.hostname and text.isprintable() and " " not in text
    if not fit or len(text) > _LONGEST_LINK:
        raise UnfitProfile(_l("Enter an address that begins with https://."), field=field)
    return text


def _matching(pattern: re.Pattern[str], sentence: Any) -> Callable[[str, Any], str]:
    def check(field: str, value: Any) -> str:
        text = str(value).strip()
        if not pattern.fullmatch(text):
            raise UnfitProfile(sentence, field=field)
        return text

    return check


def _zone(field: str, value: Any) -> str:
    if value not in available_timezones():
        raise UnfitProfile(_l("Choose a time zone such as Europe/Berlin."), field=field)
    return str(value)


def _yes_or_no(_field: str, value: Any) -> bool:
    return bool(value)


def _address(field: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or value.keys() - _ADDRESS_PARTS:
        raise UnfitProfile(_l("A postal address has the parts of the address claim only."), field=field)
    # Postal addresses have lines; what else does not print is taken out.
    return {part: "\n".join(clean_name(line) for line in str(text).splitlines()) for part, text in value.items()}


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "name": _name,
    "given_name": _name,
    "family_name": _name,
    "middle_name": _name,
    "nickname": _name,
    "username": _username,
    "profile": _link,
    "picture": _link,
    "website": _link,
    "gender": lambda field, value: clean_name(str(value))[:50],  # noqa: ARG005
    "birthdate": _matching(_BIRTHDATE, _l("Write a date of birth as YYYY-MM-DD, or the year alone.")),
    "zoneinfo": _zone,
    "locale": _matching(_LOCALE, _l("Write a language such as en or de-CH.")),
    "phone_number": _matching(_PHONE, _l("Write a phone number such as +49 30 901820.")),
    "phone_number_verified": _yes_or_no,
    "address": _address,
}
FIELDS = tuple(_CHECKS)
TEXT_FIELDS = tuple(field for field in FIELDS if field not in {"address", "phone_number_verified"})
"""The fields that a command can set from one word."""
