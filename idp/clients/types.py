"""The kinds of apps, in the words of people who build them, and what each kind starts with."""

from dataclasses import dataclass

CODE, REFRESH, MACHINE = "authorization_code", "refresh_token", "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = (CODE, REFRESH, MACHINE, DEVICE)
SECRET_METHODS = ("client_secret_basic", "client_secret_post")
AUTH_METHODS = (*SECRET_METHODS, "private_key_jwt", "none")


@dataclass(frozen=True)
class ClientType:
    """What a kind of app starts with."""

    grant_types: tuple[str, ...]
    auth_method: str
    redirects: bool = False
    """Whether it sends people here and gets them back."""

    @property
    def is_public(self) -> bool:
        """Whether apps of this kind cannot keep a secret (RFC 6749 §2.1)."""
        return self.auth_method == "none"


TYPES = {
    "web": ClientType((CODE, REFRESH), "client_secret_basic", redirects=True),
    "spa": ClientType((CODE, REFRESH), "none", redirects=True),
    "native": ClientType((CODE, REFRESH), "none", redirects=True),
    "machine": ClientType((MACHINE,), "client_secret_basic"),
    "device": ClientType((DEVICE, REFRESH), "none"),
    "api": ClientType((), "client_secret_basic"),
}
