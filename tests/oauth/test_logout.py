"""Signing out: our own page, and RP-Initiated Logout 1.0."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select

from idp.clients import service as clients
from idp.sessions.models import Session
from tests.actors import Browser, RelyingParty
from tests.oauth.front import is_at, signed_in

RETURN = "https://rp.example.com/signed-out"


@pytest.fixture
def alice(rp, browser, factory):
    """Alice is signed in to the app; what the app holds."""
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com", scope="openid email offline_access")
    browser.left_for = None
    return tokens


def end_session(browser, **parameters):
    return browser.get("/oauth/end_session?" + urlencode(parameters))


def is_signed_in(browser):
    return browser.http.get("/account").status_code == 200


def test_hint_of_this_session_and_a_registered_address_go_straight_through(rp, browser, alice, arrange):
    end_session(browser, id_token_hint=alice["id_token"], post_logout_redirect_uri=RETURN, state="s 1&")
    assert browser.left_for.startswith(RETURN + "?")
    assert parse_qs(urlsplit(browser.left_for).query) == {"state": ["s 1&"]}
    assert browser.response.status_code == 303
    assert browser.response.headers["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(browser)
    assert arrange.rows(select(Session.ended_reason)) == [("signed_out",)]


def test_answer_without_state_has_none(browser, alice):
    end_session(browser, id_token_hint=alice["id_token"], post_logout_redirect_uri=RETURN)
    assert browser.left_for == RETURN


def test_expired_hint_is_good_enough(browser, alice, clock):
    clock.advance(700)
    end_session(browser, id_token_hint=alice["id_token"], post_logout_redirect_uri=RETURN)
    assert browser.left_for == RETURN
    assert not is_signed_in(browser)


def test_request_by_post_is_like_one_by_get(browser, alice):
    browser.post("/oauth/end_session", {"id_token_hint": alice["id_token"], "post_logout_redirect_uri": RETURN})
    assert browser.left_for == RETURN
    assert not is_signed_in(browser)


def test_hint_without_an_address_asks(browser, alice):
    end_session(browser, id_token_hint=alice["id_token"])
    assert is_at(browser, "/logout")
    assert is_signed_in(browser)
    assert "Demo Shop" in browser.text
    browser.submit("decision", "sign_out")
    assert is_at(browser, "/logout/done")
    assert not is_signed_in(browser)


def test_request_without_a_hint_asks_and_offers_the_way_back(rp, browser, alice):
    end_session(browser, client_id=rp.client_id, post_logout_redirect_uri=RETURN)
    assert is_at(browser, "/logout")
    browser.submit("decision", "sign_out")
    assert browser.left_for is None
    assert f'href="{RETURN}"' in browser.text


def test_person_may_stay(browser, alice):
    end_session(browser, id_token_hint=alice["id_token"])
    browser.submit("decision", "stay")
    assert is_at(browser, "/account")
    assert is_signed_in(browser)


def test_hint_of_another_session_asks_and_then_returns(app, rp, browser, alice, factory):
    other = Browser(app)
    signed_in(other, factory, "bob@example.com")
    end_session(other, id_token_hint=alice["id_token"], post_logout_redirect_uri=RETURN)
    assert is_at(other, "/logout")
    assert "bob@example.com" in other.text
    other.submit("decision", "sign_out")
    assert other.left_for == RETURN
    assert is_signed_in(browser), "the hint ends no session but the one of this browser"


def test_nobody_signed_in_is_no_reason_to_ask(app, alice):
    stranger = Browser(app)
    end_session(stranger, id_token_hint=alice["id_token"], post_logout_redirect_uri=RETURN)
    assert stranger.left_for == RETURN
    stranger.left_for = None
    end_session(stranger)
    assert is_at(stranger, "/logout/done")


def test_request_is_answered_once(browser, alice):
    end_session(browser, id_token_hint=alice["id_token"])
    address = browser.url
    browser.submit("decision", "stay")
    browser.get(address)
    assert browser.status == 410


def test_page_in_the_language_the_app_asks_for(browser, alice):
    end_session(browser, id_token_hint=alice["id_token"], ui_locales="de")
    assert '<html lang="de"' in browser.text


def test_own_page_asks_and_names_the_apps(browser, alice):
    browser.get("/logout")
    assert "alice@example.com" in browser.text
    assert "Demo Shop" in browser.text
    browser.submit("decision", "sign_out")
    assert is_at(browser, "/logout/done")
    assert browser.cookie("session") in {None, ""}


def test_form_without_a_decision_shows_the_page_again(browser, alice):
    browser.get("/logout")
    browser.post("/logout", browser.form("decision").fields)
    assert browser.status == 422
    assert is_signed_in(browser)


def test_signing_out_ends_what_needs_the_session_and_spares_offline_access(rp, browser, factory):
    factory.user("alice@example.com")
    online = rp.sign_in(browser, "alice@example.com", scope="openid")
    offline = rp.sign_in(browser, "alice@example.com", scope="openid offline_access")
    browser.get("/logout")
    browser.submit("decision", "sign_out")
    assert rp.userinfo(online["access_token"]).status_code == 401
    assert rp.refresh(online["refresh_token"]).json["error"] == "invalid_grant"
    assert rp.refresh(offline["refresh_token"]).status_code == 200


@pytest.mark.parametrize(("app_id", "number"), [("x", "0"), (None, "0"), ("", ""), ("x", "٣"), ("x", "9" * 50)])
def test_last_page_offers_no_address_but_registered_ones(client, rp, app_id, number):
    query = urlencode({key: value for key, value in (("app", app_id), ("to", number)) if value is not None})
    for address in (f"/logout/done?{query}", f"/logout/done?app={rp.client_id}&to=7"):
        response = client.get(address)
        assert response.status_code == 200
        assert "https://" not in response.get_data(as_text=True).split("<main", 1)[1].split("</main", 1)[0]


def test_disabled_client_sends_nobody_anywhere(rp, browser, alice, arrange):
    arrange.run(clients.disable_client, rp.client_id)
    end_session(browser, id_token_hint=alice["id_token"], post_logout_redirect_uri=RETURN)
    assert is_at(browser, "/logout")
    browser.submit("decision", "sign_out")
    assert browser.left_for is None


def test_address_with_a_query_keeps_it(app, browser, factory):
    uri = "https://rp.example.com/out?tenant=a"
    rp = RelyingParty(app, *factory.client_with_secret(post_logout_redirect_uris=[uri]))
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com")
    browser.left_for = None
    end_session(browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=uri, state="s")
    assert browser.left_for == uri + "&state=s"
