"""How strong a sign-in was: from the methods that were used (RFC 8176) to the class that apps ask for."""

from collections.abc import Collection, Iterable

ONE_FACTOR, TWO_FACTORS = "1", "2"
_KINDS = {"pwd": "knowledge"}
"""What each method rests on; two factors are two kinds, not two methods."""
SUPPORTED = (ONE_FACTOR,)
"""The classes a person can reach here (OpenID Connect Discovery §3, `acr_values_supported`)."""


def acr_of(amr: Iterable[str]) -> str:
    """Return the class of a sign-in that used these methods (OpenID Connect Core §2)."""
    return TWO_FACTORS if len({_KINDS[method] for method in amr}) > 1 else ONE_FACTOR


def satisfies(acr: str, wanted: Collection[str]) -> bool:
    """Tell whether a class is one of those wanted, or stronger; wanting none is always satisfied."""
    return not wanted or any(value in SUPPORTED and acr >= value for value in wanted)
