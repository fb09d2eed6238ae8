"""Valid things by default; a test bends one field."""

import itertools
import secrets

import pyotp

from idp.access import service as access
from idp.accounts.credentials import passwords
from idp.accounts.models import User
from idp.authn import recovery_codes, totp
from idp.authn.models import RecoveryCode, TotpAuthenticator
from idp.clients import service as clients
from idp.core.clock import now
from idp.core.db import transaction

PASSWORD = "correct horse battery staple"
REDIRECT = "https://rp.example.com/callback"
SCOPES = ["openid", "profile", "email", "address", "phone", "offline_access", "roles", "groups"]
_numbers = itertools.count(1)


class Factory:
    """Makes rows through the services of the application."""

    def __init__(self, app) -> None:
        self.app = app

    def user(self, email=None, *, password=PASSWORD, verified=True, roles=(), **fields):
        """Make a person; return their id."""
        with self.app.app_context(), self.app.test_request_context():
            with transaction() as session:
                email = email or f"person{next(_numbers)}@example.com"
                fields.setdefault("name", "Alice Baker")
                user = User(
                    email=email,
                    email_normalised=email.lower(),
                    email_verified_at=now() if verified else None,
                    password_hash=passwords.hash_password(password) if password else None,
                    **fields,
                )
                session.add(user)
                session.flush()
                user_id = user.id
            for role in roles:
                access.grant_role(user_id, role, actor="system")
            return user_id

    def client_with_secret(self, name="Demo Shop", **fields):
        """Make a confidential web client; return its id and secret."""
        with self.app.app_context(), self.app.test_request_context():
            fields.setdefault("type", "web")
            fields.setdefault("redirect_uris", [REDIRECT])
            fields.setdefault("post_logout_redirect_uris", ["https://rp.example.com/signed-out"])
            fields.setdefault("scopes", SCOPES)
            client, secret = clients.create_client(name=name, **fields)
            return client.id, secret

    def public_client(self, **fields):
        """Make a public single-page client; return its id."""
        fields.setdefault("type", "spa")
        return self.client_with_secret(**fields)[0]

    def totp(self, user_id, *, on=True):
        """Give a person an authenticator app, and with `on` the second step; return its seed."""
        seed = pyotp.random_base32()
        with self.app.app_context(), transaction() as session:
            session.add(TotpAuthenticator(user_id=user_id, name="Phone", seed=totp.seal(user_id, seed)))
            if on:
                session.get(User, user_id).second_step_since = now()
        return seed

    def recovery_codes(self, user_id, count=10):
        """Give a person recovery codes; return them."""
        codes = [f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _number in range(count)]
        with self.app.app_context(), transaction() as session:
            for code in codes:
                session.add(RecoveryCode(user_id=user_id, digest=recovery_codes.digest_of(user_id, code)))
        return codes

    def code(self, seed, steps=0):
        """Return what an authenticator app shows now, or some steps away."""
        return pyotp.TOTP(seed).at(int(now().timestamp()) + 30 * steps)
