"""How strong a sign-in was: from the methods that were used (RFC 8176) to the class that apps ask for."""

from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l

ONE_FACTOR, TWO_FACTORS = "1", "2"
_KINDS = {
    "pwd": "knowledge", "otp": "possession", "recovery": "possession", "hwk": "possession", "swk": "possession",
    "user": "verification", "email": "mailbox",
}  # fmt: skip
"""What each method rests on; two factors are two kinds, not two methods.

`hwk` and `swk` are passkeys on one device and on several, `user` says that the authenticator knew its owner, `recovery`
is a recovery code, `email` a code or a link in a mail.
"""
MULTIPLE = "mfa"
_NAMES = {
    "pwd": _l("Password"), "otp": _l("Authenticator app"), "recovery": _l("Recovery code"), "hwk": _l("Passkey"),
    "swk": _l("Passkey"), "user": _l("unlocked by its owner"), "email": _l("E-mail"), MULTIPLE: _l("two factors"),
}  # fmt: skip
SUPPORTED = (ONE_FACTOR, TWO_FACTORS)
"""The classes a person can reach here (OpenID Connect Discovery §3, `acr_values_supported`)."""


def acr_of(amr: Iterable[str]) -> str:
    """Return the class of a sign-in that used these methods (OpenID Connect Core §2)."""
    kinds = {_KINDS[method] for method in amr if method != MULTIPLE}
    return TWO_FACTORS if len(kinds) > 1 else ONE_FACTOR


def in_words(amr: Iterable[str]) -> str:
    """Return the names of methods as people read them."""
    return " + ".join(dict.fromkeys(str(_NAMES.get(method, method)) for method in amr))


def in_full(amr: Iterable[str]) -> list[str]:
    """Return the methods as tokens tell them: each once, with `mfa` where they are of two kinds (RFC 8176 §2)."""
    methods = list(dict.fromkeys(method for method in amr if method != MULTIPLE))
    return [*methods, MULTIPLE] if acr_of(methods) == TWO_FACTORS else methods


def satisfies(acr: str, wanted: Collection[str]) -> bool:
    """Tell whether a class is one of those wanted, or stronger; wanting none is always satisfied."""
    return not wanted or any(value in SUPPORTED and acr >= value for value in wanted)


def weakest(wanted: Collection[str]) -> str | None:
    """Return the least class that satisfies; None when any does, or when none of them can be reached here."""
    return min((value for value in wanted if value in SUPPORTED), default=None)


def preferred(wanted: Iterable[str]) -> str | None:
    """Return the class an app would like best of those there are: they come in its order (OIDC Core §3.1.2.1)."""
    return next((value for value in wanted if value in SUPPORTED), None)
