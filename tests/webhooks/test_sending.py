"""What is recorded reaches who wants it: signed, in the transaction of the act, tried again, once more on request."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from idp.access import catalogue
from idp.audit.models import Event
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.errors import Conflict, NotFound
from idp.outbox import service as outbox
from idp.webhooks import deliveries, service, signing
from idp.webhooks.models import WebhookDelivery, WebhookEndpoint

DAY = 24 * 3600


def rows():
    db.session.rollback()
    return list(db.session.execute(select(WebhookDelivery).order_by(WebhookDelivery.id)).scalars())


def endpoint():
    db.session.rollback()
    return db.session.execute(select(WebhookEndpoint)).scalar_one()


def test_an_event_is_told_signed_as_the_specification_says(hook, receiver, deliver):
    catalogue.create_role("editor", title="Editor")
    assert deliver() == 1
    [(body, headers)] = receiver.requests
    told = Webhook(hook[1]).verify(body, headers)
    assert told["type"] == "role.created"
    assert told["data"]["subject"] == "role:editor"
    assert told["data"]["actor"] == "system"
    assert set(told["data"]) == {"event_id", "subject", "actor", "client_id", "detail"}
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, headers)
    assert headers["webhook-id"] == rows()[0].id
    assert (rows()[0].state, rows()[0].status, rows()[0].attempts) == ("delivered", 204, 1)
    assert deliver() == 0


def test_what_nobody_chose_is_told_to_nobody(hook, receiver, deliver):
    record(Tag.LOGIN_FAILED, subject="user:x")
    assert deliver() == 0
    assert not rows()


def test_an_event_that_stands_alone_is_told_too(hook, receiver, deliver):
    record(Tag.ROLE_REFUSED, subject="role:owner")
    assert deliver() == 1
    assert json.loads(receiver.requests[0][0])["type"] == "role.refused"


def test_nothing_is_told_of_an_act_that_was_rolled_back(hook, receiver, deliver):
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what is rolled back
        catalogue.create_role("editor")
        raise RuntimeError
    assert deliver() == 0
    assert not rows()


def test_both_secrets_sign_during_a_rotation_and_then_the_new_one_alone(hook, receiver, deliver, clock):
    name, old = hook
    new = service.rotate_secret(name)
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    for secret in (old, new):
        Webhook(secret).verify(*receiver.requests[0])
    clock.advance(DAY + 1)
    record(Tag.ROLE_CREATED, subject="role:b")
    deliver()
    assert len(receiver.requests[1][1]["webhook-signature"].split(" ")) == 1


def test_the_secret_cannot_be_read_from_the_table_nor_from_the_trail(hook):
    service.rotate_secret("crm")
    kept = f"{endpoint().secret}{endpoint().previous_secret}"
    trail = json.dumps([event.detail for event in db.session.execute(select(Event)).scalars()])
    assert "whsec_" not in kept + trail
    assert hook[1].removeprefix("whsec_") not in kept + trail


def test_a_failure_is_tried_again_and_then_given_up(hook, receiver, deliver, clock):
    receiver.status = 500
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    assert (rows()[0].state, rows()[0].status, rows()[0].error) == ("waiting", 500, "answer 500")
    assert deliver() == 0
    for _try in range(5):
        clock.advance(8 * 3600)
        deliver()
    assert rows()[0].state == "failed"
    assert len({headers["webhook-id"] for _body, headers in receiver.requests}) == 1
    assert endpoint().failing_since
    assert endpoint().disabled_at is None


def test_what_failed_is_sent_again_on_request_with_the_same_id_and_body(hook, receiver, deliver):
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    deliveries.redeliver("crm", rows()[0].id)
    with pytest.raises(Conflict):
        deliveries.redeliver("crm", rows()[0].id)
    deliver()
    (first, one), (second, two) = receiver.requests[:2]
    assert first == second
    assert one["webhook-id"] == two["webhook-id"]
    with pytest.raises(NotFound):
        deliveries.redeliver("other", rows()[0].id)


def test_an_address_that_is_gone_is_turned_off_at_once(hook, receiver, deliver):
    receiver.status = 410
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    assert endpoint().disabled_reason == "gone"
    assert rows()[0].state == "failed"
    record(Tag.ROLE_CREATED, subject="role:b")
    assert deliver() == 0
    with pytest.raises(Conflict):
        service.send_test("crm")
    service.enable_endpoint("crm")
    assert endpoint().failing_since is None


def test_days_of_failure_turn_an_endpoint_off_and_one_bad_try_after_a_silence_does_not(hook, receiver, deliver, clock):
    receiver.status = 503
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    clock.advance(6 * DAY)
    record(Tag.ROLE_CREATED, subject="role:b")
    deliver()
    assert endpoint().disabled_at is None
    for _try in range(5):
        clock.advance(3600)
        deliver()
    assert endpoint().disabled_reason == "failing"


def test_a_redirect_is_not_followed(hook, receiver, deliver):
    receiver.status = 302
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    assert len(receiver.requests) == 1
    assert rows()[0].error == "answer 302"


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "https://10.0.0.1/hook", "https://[::ffff:10.0.0.1]/"])
def test_our_own_network_is_not_called(context, deliver, url):
    service.create_endpoint("inner", url=url, events=["*"])
    service.send_test("inner")
    deliver()
    assert {row.error for row in rows()} == {"address is not on the public Internet"}


@pytest.mark.parametrize("url", ["ftp://a.example.com/", "http://a.example.com/", "https://a:b@example.com/", "x", ""])
def test_an_address_that_is_not_fit_is_refused(context, url):
    with pytest.raises(service.DomainError):
        service.create_endpoint("bad", url=url, events=["*"])


def test_a_slow_address_does_not_hold_up_mails(hook, receiver, deliver, monkeypatch, app):
    """While somebody's server takes its time, the lane of mails goes on."""
    mails = []
    monkeypatch.setitem(outbox._handlers, "mail-like", lambda payload, _id: mails.append(payload))
    receiver.hold.clear()
    record(Tag.ROLE_CREATED, subject="role:a")
    outbox.enqueue("mail-like", {})

    def work():
        with app.app_context():
            deliver()

    slow = threading.Thread(target=work)
    slow.start()
    try:
        outbox.deliver_due()
        assert len(mails) == 1
        assert rows()[0].state == "waiting"
    finally:
        receiver.hold.set()
        slow.join()
    assert rows()[0].state == "delivered"


def test_a_test_reaches_who_did_not_choose_it(hook, receiver, deliver):
    service.send_test("crm")
    deliver()
    assert json.loads(receiver.requests[0][0])["type"] == "webhook.tested"


def test_the_log_is_deleted_after_a_month_and_with_its_endpoint(hook, receiver, deliver, clock):
    record(Tag.ROLE_CREATED, subject="role:a")
    deliver()
    assert deliveries.sweep() == 0
    clock.advance(timedelta(days=31).total_seconds())
    assert deliveries.sweep() == 1
    record(Tag.ROLE_CREATED, subject="role:b")
    service.delete_endpoint("crm")
    assert not rows()
    assert deliver() == 1  # the outbox finds nothing to send


def test_a_lost_update_is_refused(hook):
    version = service.get_endpoint("crm").version
    service.update_endpoint("crm", {"label": "Mine"}, expected_version=version)
    with pytest.raises(Conflict):
        service.update_endpoint("crm", {"label": "Yours"}, expected_version=version)
