"""Sealing anew: every value that stays opens afterwards, with the newest key; one that opens with none stops nothing."""

import pytest
from sqlalchemy import update

from idp.audit import service as audit
from idp.audit.tags import Tag
from idp.authn import totp
from idp.authn.models import TotpAuthenticator
from idp.core.cipher import Keychain, keychain
from idp.core.clock import timestamp
from idp.core.db import db, transaction
from idp.core.errors import Conflict
from idp.core.sealed import COLUMNS
from idp.jobs import service as jobs
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey
from idp.sealing import cli, service
from idp.webhooks import service as webhooks
from tests.actors import Browser
from tests.admin.house import post

SECRET = "whsec_" + "A" * 32


@pytest.fixture
def house(app, factory):
    """A house with a value in each column, and a newer key that has sealed nothing."""
    seed = factory.totp(factory.user("owner@example.com", roles=("owner",)), on=False)
    with app.app_context():
        webhooks.create_endpoint("crm", url="https://crm.example.com", events=["*"], secret=SECRET)
        webhooks.rotate_secret("crm", secret=SECRET[:-1] + "B")
        before, keys = keychain(), db.session.query(SigningKey.kid, SigningKey.private_sealed).all()
        app.extensions["idp.cipher"] = Keychain({**before.keys, 2: b"2" * 32})
        yield seed
        # The signing keys of the tests are made once.
        app.extensions["idp.cipher"] = before
        with transaction() as session:
            for kid, value in keys:
                session.execute(update(SigningKey).where(SigningKey.kid == kid).values(private_sealed=value))
        keyring.forget(app)


def sealed_with():
    return dict(service.count_sealed())


def test_every_column_is_sealed_anew_and_opens(house, app):
    assert len(COLUMNS) == 4
    assert sealed_with() == {1: 4}
    assert service.run(service.start()) == {"state": "done", "sealed": 4, "failed": 0}
    assert sealed_with() == {2: 4}
    app.extensions["idp.cipher"] = Keychain({2: b"2" * 32})
    assert totp.unseal(db.session.query(TotpAuthenticator).one()) == house
    assert webhooks.has_secret("crm", SECRET[:-1] + "B")
    started, ended = (audit.find_events(tag=tag.value)[0] for tag in (Tag.KEY_RESEAL_STARTED, Tag.KEY_RESEALED))
    assert (started.detail["values"], ended.detail["values"], ended.detail["failed"]) == (4, 4, 0)


def test_tokens_are_signed_and_verified_as_before(house, app):
    kid = keyring.active_kid()
    service.run(service.start())
    keyring.forget(app)
    claims = {"iss": "https://id.example.com", "iat": timestamp(), "exp": 2**33}
    assert keyring.verify(keyring.sign(claims, typ="JWT"), types={"JWT"}) == claims
    assert keyring.active_kid() == kid


def test_what_opens_with_no_key_is_counted_and_left(house, command_line):
    with transaction() as session:
        session.execute(update(TotpAuthenticator).values(seed="v1.0001.AAAA"))
    assert service.run(service.start()) == {"state": "done", "sealed": 3, "failed": 1}
    result = command_line.run(cli.reseal)
    assert result.exit_code == 1
    assert "1 could not be opened" in result.stdout


def test_it_goes_on_after_a_stop_and_there_is_one_at_a_time(house, monkeypatch):
    monkeypatch.setattr(service, "_STEP", 1)
    monkeypatch.setattr(jobs, "_TURN_SECONDS", 0.0)
    job = service.start()
    with pytest.raises(Conflict):
        service.start()
    kind = jobs._kinds[service.KIND]
    monkeypatch.setitem(jobs._kinds, service.KIND, jobs.Kind(kind.step, kind.end, lambda _work: 1))
    monkeypatch.setattr(jobs, "_TURN_SECONDS", 5.0)
    assert jobs.run_due(only=job.id)
    assert sealed_with()[1] == 3
    assert service.run(job)["sealed"] == 4


def test_a_value_that_was_changed_meanwhile_is_not_written_back(house):
    """The key that retires while it is sealed anew has no private half, and must not get it back."""
    each = next(each for each in COLUMNS if each.column.class_ is SigningKey)
    (key, value), *_rest = service._older(each, "")
    with transaction() as session:
        session.execute(update(SigningKey).values(private_sealed=None))
        service._reseal(each, key, value)
    assert db.session.query(SigningKey.private_sealed).all() == [(None,)]


def test_the_page_counts_and_starts_it(house, app):
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    browser.get("/admin/keys")
    assert "4 secrets are sealed with it." in browser.text
    assert post(browser, "/admin/keys/reseal", {}).status_code == 303
    browser.get("/admin/keys")
    assert "0 of 4" in browser.text
    jobs.run_due()
    browser.get("/admin/keys")
    assert "Seal all" not in browser.text
