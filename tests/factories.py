"""Valid things by default; a test bends one field."""

import itertools

from idp.access import service as access
from idp.accounts import passwords
from idp.accounts.models import User
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
