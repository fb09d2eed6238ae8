"""AD-02: pages and answers about one thing tell nothing of another that one may not see."""

import pytest

from idp.access.permissions import PERMISSIONS, ways_to
from idp.admin.routes import ROUTES
from tests.admin.house import House, somebody
from tests.api.conftest import Callers, Place
from tests.api.test_routes import assert_problem

VICTIM = "victim@example.com"
OF_PEOPLE = ("/admin/users/", "/admin/sessions", "/admin/tokens")


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


def pages(house):
    # The trail tells what an app was called, as part of what happened.
    routes = [route for route in ROUTES if route.method == "GET" and not route.rule.startswith("/audit")]
    return [house.address(route) for route in routes if route.endpoint != "finish_trial"]


@pytest.mark.parametrize(
    ("hidden", "kept_back"),
    [
        ("admin.users.read", [VICTIM, ">Vic<"]),
        ("admin.clients.read", [">Shop<", "Robot"]),
        ("admin.audit.read", ["What happened last"]),
    ],
)
def test_ad02_pages_keep_back_what_takes_another_permission(house, hidden, kept_back):
    """Every page of the console, for somebody who may everything else."""
    browser = somebody(house, PERMISSIONS.keys() - set(ways_to(hidden)))
    found = []
    for address in pages(house):
        browser.get(address)
        assert browser.status in {200, 403}, address
        if hidden == "admin.clients.read" and address.startswith(OF_PEOPLE):
            continue  # which apps somebody uses is a part of helping them
        found += [(address, text) for text in kept_back if text in browser.text]
    assert found == []


def test_ad02_who_changes_groups_does_not_read_people(app, factory, arrange):
    callers = Callers(app, factory, arrange)
    place = Place(callers)
    api = callers.somebody("admin.roles.read", "admin.roles.write")
    path = f"/groups/{place.group_id}/members"
    answer = api("PUT", f"{path}/{place.victim}")
    assert answer.status_code == 200
    assert VICTIM not in answer.get_data(as_text=True)
    assert "Vic" not in answer.get_data(as_text=True)
    assert_problem(api.get(path), 403)
    reader = callers.somebody("admin.users.read", email="reader@example.com")
    assert [row["email"] for row in reader.get(path).json["items"]] == [VICTIM]
