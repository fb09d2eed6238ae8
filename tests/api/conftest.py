"""Callers of the Admin API: owner, auditor, somebody with chosen permissions, nobody."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.permissions import PERMISSIONS
from idp.api_keys import service as keys
from tests.services import test_client

OWNER = "owner@example.com"


class Api:
    """A program that calls the API with a key."""

    def __init__(self, app, key=None) -> None:
        self.app, self.http, self.key = app, test_client(app), key

    def __call__(self, method, path, body=None, *, headers=None, **values):
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if body is not None:
            values["json"] = body
        return self.http.open("/api/v1" + path, method=method, headers={**sent, **(headers or {})}, **values)

    def get(self, path, **values):
        return self("GET", path, **values)

    def post(self, path, body=None, **values):
        return self("POST", path, body, **values)

    def etag(self, path):
        return {"If-Match": self.get(path).headers["ETag"]}


class Callers:
    def __init__(self, app, factory, arrange) -> None:
        self.app, self.factory, self.arrange = app, factory, arrange
        self.owner_id = factory.user(OWNER, roles=("owner",))

    def key(self, user_id, permissions, **values):
        return self.arrange.run(keys.add_key, user_id, label="test", permissions=permissions, **values)[1]

    def owner(self):
        return Api(self.app, self.key(self.owner_id, PERMISSIONS))

    def nobody(self):
        return Api(self.app)

    def limited(self, *permissions):
        """The owner's key with these permissions only."""
        return Api(self.app, self.key(self.owner_id, permissions))

    def somebody(self, *permissions, email="someone@example.com"):
        """Somebody who has exactly these permissions, with a key for all of them."""
        own = self.arrange.run(access.own_api)
        name = email.partition("@")[0]
        self.arrange.run(catalogue.create_role, name, permissions=[(own, item) for item in permissions])
        return Api(self.app, self.key(self.factory.user(email, roles=(name,)), permissions))


@pytest.fixture
def callers(app, factory, arrange):
    return Callers(app, factory, arrange)


@pytest.fixture
def owner(callers):
    return callers.owner()
