"""The authorization endpoint: RFC 6749 §3.1, §4.1.1, §4.1.2."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import func, select, update

from idp.accounts.models import User
from idp.audit.models import Event
from idp.clients import service as clients
from idp.limits.policy import Limit
from idp.oauth.tokens.models import AuthorizationCode
from idp.sessions.models import Interaction, Session
from tests.actors import Browser, RelyingParty
from tests.arrange import part
from tests.factories import PASSWORD
from tests.oauth.front import answer, app_is_told, is_at, page_and_no_redirect, signed_in

NATIVE = "com.example.app:/callback"


def codes(arrange):
    return arrange.rows(select(func.count()).select_from(AuthorizationCode))[0][0]


def test_person_signs_in_and_the_app_gets_a_code(rp, browser, factory):
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com")
    assert set(told) == {"code", "state", "iss"}
    assert rp.redeem(told["code"]).status_code == 200


def test_every_redirect_is_a_303(rp, browser, factory):
    factory.user("alice@example.com")
    browser.get(rp.authorize_url())
    browser.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    browser.submit("decision", "allow")
    assert browser.response.status_code == 303


def test_session_answers_the_next_request_without_a_page(rp, browser, factory):
    factory.user("alice@example.com")
    rp.authorize(browser, "alice@example.com")
    response = browser.http.get(rp.authorize_url())
    assert "code" in answer(response)


def test_request_by_post_is_like_one_by_get(rp, browser, factory):
    signed_in(browser, factory)
    fields = {name: values[0] for name, values in parse_qs(urlsplit(rp.authorize_url()).query).items()}
    browser.post("/oauth/authorize", fields)
    assert browser.path.startswith("/consent/")
    browser.submit("decision", "allow")
    assert rp.answer(browser.left_for)["state"] == "st-1"


def test_form_posted_by_another_site_comes_again_with_cookies(rp, client):
    """Lax cookies don't travel with a form of another site; the browser is sent to ask again."""
    address = rp.authorize_url()
    response = client.post(
        "/oauth/authorize", data=address.partition("?")[2], content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 303
    assert parse_qs(urlsplit(response.headers["Location"]).query) == parse_qs(urlsplit(address).query)
    assert "Set-Cookie" not in response.headers


def test_unknown_parameters_are_ignored(rp, browser, factory):
    factory.user("alice@example.com")
    assert "code" in rp.authorize(browser, "alice@example.com", extra="foo", vendor_thing="bar")


def test_query_of_the_redirect_address_is_kept(app, browser, factory):
    uri = "https://rp.example.com/callback?tenant=a%20b"
    rp = RelyingParty(app, *factory.client_with_secret(redirect_uris=[uri]), redirect_uri=uri)
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com")
    assert browser.left_for.startswith(uri + "&")
    assert told["tenant"] == "a b"
    assert rp.redeem(told["code"]).status_code == 200


def test_native_app_is_answered_at_its_own_scheme(app, browser, factory):
    client_id = factory.public_client(type="native", redirect_uris=[NATIVE])
    rp = RelyingParty(app, client_id, redirect_uri=NATIVE)
    factory.user("alice@example.com")
    assert "code" in rp.authorize(browser, "alice@example.com")
    browser.get(rp.authorize_url())
    assert "form-action 'self' com.example.app:" in browser.response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"scope": 'open"id'}, "invalid_scope"),
        ({"scope": "openid  email"}, "invalid_scope"),
        ({"scope": "x" * 4097}, "invalid_request"),
        ({"scope": " ".join(f"s{n}" for n in range(101))}, "invalid_scope"),
        ({"nonce": "n" * 1025}, "invalid_request"),
    ],
)
def test_faulty_request_is_told_to_the_app(rp, client, bad, error):
    app_is_told(client.get(rp.authorize_url(**bad)), error)


def test_state_beyond_its_bound_is_not_given_back(rp, client):
    app_is_told(client.get(rp.authorize_url(state="s" * 4097)), "invalid_request", state=None)


def test_scope_that_is_not_registered_is_left_out_and_the_answer_says_so(app, browser, factory):
    rp = RelyingParty(app, *factory.client_with_secret(scopes=["openid", "email"]))
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com", scope="openid email profile unheard-of")
    assert rp.redeem(told["code"]).json["scope"] == "openid email"


def test_client_without_the_code_grant_is_refused(app, client, factory):
    pair = factory.client_with_secret(grant_types=["client_credentials"])
    app_is_told(client.get(RelyingParty(app, *pair).authorize_url()), "unauthorized_client")


def test_person_says_no_and_the_app_hears_it(rp, browser, factory, arrange):
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com", decision="deny")
    assert told["error"] == "access_denied"
    assert told["state"] == "st-1"
    assert codes(arrange) == 0


def test_client_disabled_in_the_middle_ends_on_a_page(rp, browser, factory, arrange):
    factory.user("alice@example.com")
    browser.get(rp.authorize_url())
    arrange.run(clients.disable_client, rp.client_id)
    browser.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    page_and_no_redirect(browser.response)


def test_address_taken_away_in_the_middle_ends_on_a_page(rp, browser, factory, arrange):
    signed_in(browser, factory)
    browser.get(rp.authorize_url())
    arrange.run(clients.update_client, rp.client_id, {"redirect_uris": ["https://rp.example.com/new"]})
    browser.submit("decision", "allow")
    page_and_no_redirect(browser.response)
    assert codes(arrange) == 0


def test_client_limited_to_roles_is_closed_to_others(app, browser, factory, arrange):
    rp = RelyingParty(app, *factory.client_with_secret(allowed_roles=["auditor"]))
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com")
    assert told["error"] == "access_denied"
    assert told["error_description"].startswith("This account may not use this app.")
    assert codes(arrange) == 0


def test_client_limited_to_roles_is_open_to_their_holders(app, browser, factory):
    rp = RelyingParty(app, *factory.client_with_secret(allowed_roles=["auditor"]))
    factory.user("alice@example.com", roles=["auditor"])
    assert "code" in rp.authorize(browser, "alice@example.com")


def test_resuming_after_the_answer_gives_no_second_code(rp, browser, factory, arrange):
    factory.user("alice@example.com")
    browser.get(rp.authorize_url())
    browser.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    flow = browser.path.rsplit("/", 1)[1]
    browser.submit("decision", "allow")
    assert browser.left_for
    browser.left_for = None
    for address in (f"/oauth/authorize/{flow}", f"/consent/{flow}"):
        browser.get(address)
        assert browser.status == 410
        assert browser.left_for is None
    assert codes(arrange) == 1


def test_decision_counts_once_however_often_it_is_sent(rp, browser, factory, arrange):
    signed_in(browser, factory)
    browser.get(rp.authorize_url())
    form, address = browser.form("decision"), browser.url
    for status in (303, 410):
        response = browser.http.post(address.removeprefix(browser.issuer), data={**form.fields, "decision": "allow"})
        assert response.status_code == status
    assert codes(arrange) == 1


def test_request_of_another_browser_cannot_be_taken_over(app, rp, browser, factory):
    signed_in(browser, factory)
    browser.get(rp.authorize_url())
    address = browser.url
    other = Browser(app)
    signed_in(other, factory, "mallory@example.com")
    for path in (address, address.replace("/consent/", "/oauth/authorize/")):
        other.get(path)
        assert other.status == 410


def test_unfinished_request_expires(rp, browser, factory, clock):
    factory.user("alice@example.com")
    browser.get(rp.authorize_url())
    form = browser.form("identifier")
    clock.advance(3601)
    browser.post("/login", {**form.fields, "identifier": "alice@example.com", "password": PASSWORD})
    assert browser.status == 410
    assert browser.left_for is None


def test_interaction_of_another_page_is_no_authorization(rp, browser, factory, arrange):
    """An id of a sign-out or a confirmation opens nothing here."""
    signed_in(browser, factory)
    browser.get("/oauth/end_session")
    flow = parse_qs(urlsplit(browser.url).query)["flow"][0]
    browser.get(f"/oauth/authorize/{flow}")
    assert browser.status == 410


def test_code_carries_the_session_as_it_is(rp, browser, factory, arrange):
    user_id = factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com")
    claims = part(tokens["id_token"])
    session = arrange.rows(select(Session.id, Session.auth_time, Session.amr))[0]
    assert claims["sub"] == user_id
    assert claims["sid"] == session.id
    assert claims["auth_time"] == int(session.auth_time.timestamp())
    assert claims["amr"] == session.amr == ["pwd"]


def test_person_disabled_before_the_decision_gives_nothing(rp, browser, factory, arrange):
    user_id = signed_in(browser, factory)
    browser.get(rp.authorize_url())
    arrange.execute(update(User).where(User.id == user_id).values(state="disabled"))
    browser.submit("decision", "allow")
    assert browser.left_for is None or "code=" not in browser.left_for
    assert codes(arrange) == 0


def test_each_refusal_is_recorded_once_without_what_was_sent(rp, client, arrange):
    client.get(rp.authorize_url(response_type="token", state="very-secret-state"))
    client.get("/oauth/authorize?client_id=nobody&redirect_uri=https://evil.example")
    refused = select(Event.client_id, Event.detail).where(Event.tag == "authorization.refused")
    rows = arrange.rows(refused.order_by(Event.id))
    assert [row.client_id for row in rows] == [rp.client_id, None]
    assert [row.detail["refusal"] for row in rows] == [
        "unsupported_response_type-response-type",
        "invalid_request-client",
    ]
    assert "very-secret-state" not in str(rows)


def test_flood_of_refusals_is_answered_but_not_written_down_for_ever(rp, client, arrange, monkeypatch):
    small = Limit("protocol_refusals", 3, timedelta(minutes=5), (timedelta(minutes=5),))
    monkeypatch.setattr("idp.oauth.authorize.refuse.PROTOCOL_REFUSALS", small)
    for _ in range(6):
        app_is_told(client.get(rp.authorize_url(response_type="token")), "unsupported_response_type")
    assert len(arrange.rows(select(Event.id).where(Event.tag == "authorization.refused"))) == 3


def test_interaction_keeps_no_parameter_it_does_not_know(rp, browser, arrange):
    browser.get(rp.authorize_url(extra="x" * 500))
    kept = arrange.rows(select(Interaction.payload))[0][0]
    assert "extra" not in dict(kept["parameters"])
    assert is_at(browser, "/login")


def test_form_with_another_content_type_gets_a_page(client):
    page_and_no_redirect(client.post("/oauth/authorize", json={"client_id": "x"}))


def test_long_form_is_answered_where_it_arrived(rp, client):
    fields = parse_qs(urlsplit(rp.authorize_url()).query)
    body = urlencode({**fields, "claims": '{"userinfo":{' + " " * 7500 + "}}"}, doseq=True)
    response = client.post("/oauth/authorize", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/login?flow=")
