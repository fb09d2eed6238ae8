"""Mail addresses and names as people type them, brought into the one form that is kept."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from idp.accounts.errors import UnfitAddress, UnfitExternalId

_LONGEST_ADDRESS = 254
_LONGEST_NAME = 100
LONGEST_EXTERNAL_ID = 120


def normalise_email(text: str) -> tuple[str, str]:
    """Return an address as it is shown and as it is compared; raise UnfitAddress.

    Quoted local parts, comments, lists, line breaks and letters outside ASCII before the @ are no address here.
    """
    text = text.strip()
    if len(text) > _LONGEST_ADDRESS:
        raise UnfitAddress
    try:
        # `test_environment` only lets the reserved names of RFC 2606 pass; nothing is looked up.
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise UnfitAddress from error
    if not found.ascii_email:
        raise UnfitAddress
    return found.ascii_email, found.ascii_email.lower()


def clean_name(text: str) -> str:
    """Return a name on one line, without characters that do not print or that turn the direction of writing."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(kept.split())[:_LONGEST_NAME].strip()


def check_external_id(text: str) -> str | None:
    """Return what another system calls a person, as it is kept, or None for nothing; raise UnfitExternalId."""
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > LONGEST_EXTERNAL_ID or not text.isprintable():
        raise UnfitExternalId
    return text or None


def mask(email: str) -> str:
    """Hide most of an address: its owner knows it, a passer-by does not need to."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}"
