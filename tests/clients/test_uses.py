"""Rows of what apps use follow the lists of the apps, and tell the same as these."""

import pytest
from alembic import command
from sqlalchemy import delete, select, update

from idp.access import catalogue
from idp.access.errors import RoleInUse
from idp.clients import service, uses
from idp.clients.models import Client, ClientUse
from idp.core.db import db, transaction
from idp.core.errors import ChangedMeanwhile
from idp.operate import schema

API = "https://api.example.com"
LISTS = {"scopes": ["openid", "things.read"], "allowed_apis": [API], "allowed_roles": ["editor"]}
READ = ((uses.SCOPE, "things.read"), (uses.API, API))


def rows(client_id):
    query = select(ClientUse.kind, ClientUse.name).where(ClientUse.client_id == client_id)
    return sorted(map(tuple, db.session.execute(query)))


def made(name, **values):
    return service.create_client(name=name, type="web", redirect_uris=["https://app.example.com/cb"], **values)[0].id


def test_the_rows_follow_the_lists(context):
    client_id = made("Shop", **LISTS)
    assert rows(client_id) == [("api", API), ("role", "editor"), ("scope", "openid"), ("scope", "things.read")]
    service.update_client(client_id, {"scopes": ["openid", "email"], "allowed_roles": None})
    assert rows(client_id) == [("api", API), ("scope", "email"), ("scope", "openid")]
    service.update_client(client_id, {"name": "Other"})
    assert len(rows(client_id)) == 3
    service.delete_client(client_id)
    assert rows(client_id) == []


def test_lists_and_rows_that_differ_are_found(context, arrange):
    client_id = made("Shop", **LISTS)
    assert arrange.uses_out_of_step() == []
    arrange.execute(update(Client).where(Client.id == client_id).values(scopes=["email"]))
    assert arrange.uses_out_of_step() == [client_id]


def test_rows_that_an_earlier_version_left_behind_are_mended(context, arrange):
    client_id, other = made("Shop", **LISTS), made("Other", **LISTS)
    with transaction() as session:
        session.execute(update(Client).where(Client.id == client_id).values(scopes=["email"], allowed_roles=["new"]))
        session.execute(delete(ClientUse).where(ClientUse.client_id == other))
    assert uses.mend() == 2
    assert arrange.uses_out_of_step() == []
    assert rows(client_id) == [("api", API), ("role", "new"), ("scope", "email")]
    assert uses.mend() == 0


def test_a_role_that_an_app_names_stays_though_its_row_is_missing(context):
    catalogue.create_role("editor")
    made("Shop", **LISTS)
    with transaction() as session:
        session.execute(delete(ClientUse))
    with pytest.raises(RoleInUse):
        catalogue.delete_role(catalogue.get_role("editor"))


def test_a_change_that_is_refused_leaves_the_rows(context):
    client_id = made("Shop", **LISTS)
    before = rows(client_id)
    with pytest.raises(ChangedMeanwhile):
        service.update_client(client_id, {"scopes": ["email"]}, expected_version=99)
    assert rows(client_id) == before


def test_who_uses_a_permission_has_its_scope_and_its_api(context):
    both = [made(f"Both {number}", **LISTS) for number in range(3)]
    made("Another API", scopes=["things.read"], allowed_apis=["https://other.example.com"])
    made("Another scope", scopes=["openid"], allowed_apis=[API])
    assert [client_id for client_id, _name in uses.clients_using(READ, 10)] == sorted(both)
    assert uses.clients_using(READ, 1) == [(min(both), "Both 0")]
    assert (uses.count_using(READ, 10), uses.count_using(READ, 2)) == (3, 2)
    assert uses.count_using(((uses.API, API),), 10) == 4
    assert uses.clients_using(((uses.ROLE, "nobody"),), 10) == []


def test_many_uses_are_summed_in_their_order(context):
    client_id = made("Shop", **LISTS)
    wanted = [((uses.SCOPE, f"s{number}"),) for number in range(150)]
    wanted[120] = READ
    found = uses.summed(wanted, 5, 10)
    assert len(found) == 150
    assert found[120] == ([(client_id, "Shop")], 1)
    assert all(one == ([], 0) for place, one in enumerate(found) if place != 120)
    assert uses.summed([], 5, 10) == []


def test_apps_of_before_have_their_rows_after_the_upgrade(fresh):
    ids = [made(f"App {number}", **(LISTS if number % 2 else {"scopes": []})) for number in range(6)]
    before = [rows(client_id) for client_id in ids]
    db.session.remove()
    command.downgrade(schema._config(), "0021")
    schema.upgrade()
    assert [rows(client_id) for client_id in ids] == before
    assert sum(map(len, before)) == 12
