"""The kinds of apps, in the words of people who build them, and what each kind starts with."""

from dataclasses import dataclass

CODE, REFRESH, MACHINE = "authorization_code", "refresh_token", "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = (CODE, REFRESH, MACHINE, DEVICE)
NONE, KEYS = "none", "private_key_jwt"
SECRET_METHODS = ("client_secret_basic", "client_secret_post")
AUTH_METHODS = (*SECRET_METHODS, KEYS, NONE)
SIGN_IN_SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True)
class ClientType:
    """What a kind of app starts with, and what it cannot be."""

    grant_types: tuple[str, ...]
    auth_method: str
    redirects: bool = False
    """Whether it sends people here and gets them back."""
    scopes: tuple[str, ...] = ()
    keeps_secrets: bool = True
    """Whether its code runs where nobody else can read it (RFC 6749 §2.1)."""
    needs_proof: bool = False
    """Whether it is worth nothing without a secret or keys of its own."""
    more_grants: tuple[str, ...] = ()
    """What it may be given besides what it starts with."""

    @property
    def auth_methods(self) -> tuple[str, ...]:
        """The ways in which it can prove who it is."""
        secrets = SECRET_METHODS if self.keeps_secrets else ()
        return (*secrets, KEYS) if self.needs_proof else (*secrets, KEYS, NONE)


TYPES = {
    "web": ClientType((CODE, REFRESH), "client_secret_basic", redirects=True, scopes=SIGN_IN_SCOPES,
                      more_grants=(MACHINE, DEVICE)),
    "spa": ClientType((CODE, REFRESH), NONE, redirects=True, scopes=SIGN_IN_SCOPES, keeps_secrets=False),
    "native": ClientType((CODE, REFRESH), NONE, redirects=True, scopes=SIGN_IN_SCOPES, keeps_secrets=False,
                         more_grants=(DEVICE,)),
    "machine": ClientType((MACHINE,), "client_secret_basic", needs_proof=True),
    "device": ClientType((DEVICE, REFRESH), NONE, scopes=SIGN_IN_SCOPES, keeps_secrets=False),
    "api": ClientType((), "client_secret_basic", needs_proof=True),
}  # fmt: skip
