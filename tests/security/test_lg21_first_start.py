"""LG-21: a first start knows nobody, and nothing waits for the first comer."""

import pytest

from idp.accounts.models import User
from idp.clients.models import Client
from idp.core.db import db
from idp.operate import init
from idp.operate.demonstration import seed
from tests.factories import PASSWORD


def test_lg21_a_new_house_has_no_account_and_no_client(make_app, tmp_path):
    app = make_app(database={"url": f"sqlite:///{tmp_path / 'new.db'}"})
    with app.app_context():
        init.prepare()
        assert db.session.query(User).count() == 0
        assert db.session.query(Client).count() == 0
        db.engine.dispose()


@pytest.mark.parametrize("name", ["admin", "admin@example.com", "alice@example.com", "root", "owner", "demo"])
@pytest.mark.parametrize("password", ["admin", "password", "demo", PASSWORD, ""])
def test_lg21_no_well_known_pair_signs_in(browser, name, password):
    browser.sign_in(name, password)
    assert browser.cookie("session") is None


@pytest.mark.parametrize("path", ["/setup", "/setup/", "/install", "/admin/setup", "/if/flow/initial-setup/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_lg21_no_page_makes_the_first_comer_an_owner(client, path, method):
    assert getattr(client, method)(path).status_code in {403, 404, 405}


def test_lg21_demo_people_have_passwords_of_their_own_in_every_house(make_app, tmp_path):
    made = []
    for name in ("a", "b"):
        house = make_app(
            database={"url": f"sqlite:///{tmp_path / name}.db"}, state_dir=tmp_path, passwords={"bcrypt_cost": 4}
        )
        with house.app_context():
            init.prepare()
            made.append({person.password for person in seed.create().people})
            db.engine.dispose()
    assert not made[0] & made[1]
