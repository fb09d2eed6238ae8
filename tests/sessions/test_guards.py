"""Guards of views, as the admin pages use them."""

import pytest
from flask import g

from idp.accounts.service import get_user
from idp.sessions import guards
from idp.sessions.errors import NotPermitted

READ = "admin.users.read"


@guards.require(READ)
def view():
    return "shown"


def test_a_stranger_is_sent_to_the_sign_in_page(context):
    response = view()
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/login")


def test_who_lacks_the_permission_is_refused(context, factory):
    g._login_user = get_user(factory.user())
    with pytest.raises(NotPermitted):
        view()


def test_who_has_the_permission_passes(context, factory):
    g._login_user = get_user(factory.user(roles=["support"]))
    assert view() == "shown"
