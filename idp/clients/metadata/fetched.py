"""Metadata of RFC 7591 fetched from the address where an app keeps it: asked once, then read as if it was pasted."""

from flask_babel import lazy_gettext as _l

from idp.clients.errors import MetadataNotFetched
from idp.clients.metadata.pasted import LONGEST
from idp.core import fetch
from idp.core.db import release_connection

_TOO_LONG = _l("The answer is too long to be the metadata of an app.")
_REASONS = {
    "address cannot be read": _l("Enter an address that begins with https://."),
    "address is not https": _l("Enter an address that begins with https://."),
    "address has credentials or a fragment": _l("The address has a password or a # in it; give it without."),
    "address is not on the public Internet": _l(
        "The address leads into a network of our own, which this server does not ask. Paste the metadata instead."
    ),
    "answer is compressed": _l("The answer is compressed; this server reads plain answers only."),
    "answer is too long": _TOO_LONG,
}
_NO_ANSWER = _l("No metadata came from this address. It must answer within 5 seconds with 200, without a redirect.")


def fetch_metadata(url: str) -> str:
    """Return the text that an https address answers with; raise MetadataNotFetched, which says why there is none.

    Nothing of our own network is asked and no redirect is followed, and size and time are bounded: see `core.fetch`.
    """
    release_connection()
    try:
        body = fetch.fetch(url.strip())
        text = body.decode()
    except fetch.FetchError as error:
        raise MetadataNotFetched(_REASONS.get(error.reason, _NO_ANSWER)) from error
    except UnicodeDecodeError as error:
        raise MetadataNotFetched(_NO_ANSWER) from error
    if len(text) > LONGEST:
        raise MetadataNotFetched(_TOO_LONG)
    return text
