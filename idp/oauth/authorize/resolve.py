"""Find out which parameters an authorization request is made of, before anything is checked.

Here is the one place where a request may turn out to stand elsewhere. Requests by value or by reference (OIDC Core §6)
are not taken: the checks refuse them by name, so nothing of theirs is ever mixed with the parameters outside.
"""

from urllib.parse import urlencode

from idp.oauth.request import StrictRequest

_LONGEST_ADDRESS = 7000


def resolve(request: StrictRequest) -> StrictRequest:
    """Return the request to check: the parameters themselves, from the address or from the form, never both."""
    return request


def address_of(request: StrictRequest) -> str | None:
    """Return the address that asks the same by GET, or None when it would be too long.

    A form that another site posts comes without our cookies (`SameSite=Lax`); the browser must come again.
    """
    pairs = [(name, value) for name, values in request.payload.datalist.items() for value in values]
    address = f"{request.path}?{urlencode(pairs)}"
    return address if len(address) <= _LONGEST_ADDRESS else None
