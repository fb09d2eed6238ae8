"""The numbers of each day: each event counted once, whatever comes late or breaks off."""

import pytest

from idp.audit import chain
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.rollups import service


def happen(failed=0, ok=0, tokens=0):
    for _number in range(failed):
        record(Tag.LOGIN_FAILED, reason="credentials")
    for _number in range(ok):
        record(Tag.LOGIN_SUCCEEDED, client_id="shop", amr=["pwd", "otp"])
    for _number in range(tokens):
        record(Tag.TOKEN_ISSUED, client_id="shop", grant_type="urn:ietf:params:oauth:grant-type:device_code")


def today(kind):
    return dict(service.counts(kind, 1)[now().date()])


def test_each_event_counts_once_however_often_it_is_counted(context):
    happen(failed=2, ok=3, tokens=4)
    assert service.count_events() == 0  # not chained yet
    chain.seal_events()
    service.count_events()
    service.count_events()
    happen(ok=1)
    chain.seal_events()
    service.count_events()
    assert today("sign_in") == {"ok": 4, "failed": 2}
    assert today("method") == {"pwd + otp": 4}
    assert today("grant") == {"device_code": 4}
    assert today("client") == {"shop": 8}


def test_a_run_that_breaks_off_has_counted_nothing(context, monkeypatch):
    happen(ok=3)
    chain.seal_events()
    with monkeypatch.context() as patch:
        patch.setattr(service, "_keys", lambda _row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            service.count_events()
    service.count_events()
    assert today("sign_in") == {"ok": 3}


def test_counting_again_gives_the_same(context, command_line):
    from idp.rollups.cli import recount

    happen(failed=2, ok=3)
    chain.seal_events()
    service.count_events()
    before = today("sign_in")
    assert command_line.json(recount)["events"] == 5
    assert today("sign_in") == before


def test_far_more_failures_than_usual_are_a_spike(context, clock):
    for _day in range(14):
        happen(failed=10)
        clock.advance(86400)
    happen(failed=30)
    chain.seal_events()
    service.count_events()
    assert service.spike() is None
    happen(failed=1)
    chain.seal_events()
    service.count_events()
    assert service.spike() == (31, 10)


def test_the_first_page_draws_them_without_a_style_of_its_own(app, factory, browser):
    factory.user("owner@example.com", roles=("owner",))
    with app.app_context():
        happen(failed=7, ok=5, tokens=4)
        chain.seal_events()
        service.count_events()
    browser.sign_in("owner@example.com")
    for days in ("30", "90", "9" * 40, "x"):
        browser.get(f"/admin?days={days}")
        assert browser.status == 200
        assert browser.text.count("<rect") >= 4
        assert " style=" not in browser.text
    browser.get("/admin")
    assert "<td>7</td>" in browser.text
    assert "Show as a table" in browser.text
