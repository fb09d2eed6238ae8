"""The address that an authenticator app reads from a picture."""

from urllib.parse import quote, urlencode

from idp.accounts.models import User
from idp.core.settings import settings


def app_uri(user: User, seed: str) -> str:
    """Return `otpauth://totp/…` with the name of the house and of the account."""
    issuer = settings().brand.name.replace(":", "")
    label = quote(f"{issuer}:{user.email}", safe="@:")
    return f"otpauth://totp/{label}?" + urlencode({"secret": seed, "issuer": issuer}, quote_via=quote)
