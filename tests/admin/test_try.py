"""Try an app out from the console: every leg, and who may not end at the callback address."""

import html
import json
import re
import subprocess
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from flask import g
from sqlalchemy import select, update

from idp.access import catalogue
from idp.audit.models import Event
from idp.clients import service as clients
from idp.core.clock import now
from idp.core.db import db
from idp.oauth.tokens.models import AuthorizationCode, Grant
from idp.oauth.trials import store
from idp.sessions.models import Interaction, Session
from tests.actors import ISSUER, Browser
from tests.factories import PASSWORD
from tests.oauth.front import page_and_no_redirect
from tests.racing import race
from tests.test_architecture import IDP

OWNER = "owner@example.com"
CALLBACK = f"{ISSUER}/admin/tools/callback"
GOOD = "Everything works."
OVER = "This trial is over"
CODE, MACHINE = "authorization_code", "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def owner(factory, browser):
    browser.user_id = factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    return browser


@pytest.fixture
def shop(factory, owner):
    return factory.client_with_secret("Shop")[0]


def begin(browser, client_id, **form):
    """Send the form of a trial and go nowhere; return the address of the authorization request."""
    browser.get(f"/admin/clients/{client_id}/try")
    fields = {name: value for name, value in browser.form("grant").fields.items() if value is not None}
    answer = browser.http.post(
        f"/admin/clients/{client_id}/try", data={**fields, "scope": "openid email", **form}, base_url=ISSUER
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def stop_before_the_callback(browser, url):
    """Follow an authorization request to the answer, and don't open it; return its address."""
    for _hop in range(6):
        answer = browser.http.get(url.removeprefix(ISSUER), base_url=ISSUER)
        if answer.status_code == 200:
            browser.response, browser.url = answer, ISSUER + url.removeprefix(ISSUER)
            form = browser.form("decision")
            target = urlsplit(browser.url).path
            answer = browser.http.post(target, data={**form.fields, "decision": "allow"}, base_url=ISSUER)
        url = answer.headers["Location"]
        if url.startswith(CALLBACK):
            return url
    raise AssertionError(url)


def state_of(url):
    return parse_qs(urlsplit(url).query)["state"][0]


def events(app, tag):
    with app.app_context():
        return list(db.session.execute(select(Event).where(Event.tag == tag)).scalars())


def is_refused(browser, url):
    """The callback tells nothing, and the code it brought is as unused as before."""
    browser.get(url)
    assert browser.status == 410, browser.text
    assert OVER in html.unescape(browser.text)
    assert "Access token" not in browser.text
    with browser.app.app_context():
        used = db.session.execute(select(AuthorizationCode.used_at)).scalars().all()
        assert not any(used)


def test_a_sign_in_is_tried_leg_by_leg_and_nothing_of_it_lives_on(app, owner, shop):
    owner.get(f"/admin/clients/{shop}/try")
    owner.submit("grant", scope="openid email offline_access", max_age="600")
    assert owner.path.startswith("/consent")
    owner.submit("decision", "allow", decision="allow")
    assert owner.path == "/admin/tools/callback"
    said = html.unescape(owner.text)
    assert GOOD in said, said
    for leg in ("The person comes back", "POST /oauth/token", "GET /oauth/userinfo", "POST /oauth/introspect",
                "Refresh", "POST /oauth/revoke"):  # fmt: skip
        assert leg in said
    for tick in ("signature (ID token)", "nonce (ID token)", "at_hash (ID token)", "aud (access token)",
                 "iss of the answer", "sub of UserInfo", "active before and after"):  # fmt: skip
        assert tick in said
    assert "would take it until" in said
    assert "${OIDC_CLIENT_SECRET}" in said
    assert f"redirect_uri={CALLBACK.replace(':', '%3A').replace('/', '%2F')}" in said.replace("&amp;", "&")
    assert owner.response.headers["Cache-Control"].startswith("no-store")
    # No token and no one-time value is on the page: a JWT begins with eyJ, a refresh token with its prefix.
    assert not re.search(r"eyJ[\w-]+\.|idpr_", owner.text)
    with app.app_context():
        assert [grant.revoked_at is None for grant in db.session.query(Grant)] == [False]
        assert clients.get_client(shop).redirect_uris == ["https://rp.example.com/callback"]
    (event,) = events(app, "tool.client_test")
    assert (event.client_id, event.actor) == (shop, f"user:{owner.user_id}")
    assert event.detail == {"grant": CODE, "scope": "openid email offline_access"}


def files(browser):
    """The files that the page of a trial holds: the archive and the script."""
    found = re.findall(r'href="data:[a-z/-]+;charset=utf-8,([^"]+)" download', browser.text)
    return json.loads(unquote(found[0])), unquote(found[1])


def test_a_trial_is_kept_as_an_archive_and_as_a_script_without_what_works(owner, shop, tmp_path):
    url = stop_before_the_callback(owner, begin(owner, shop, scope="openid email offline_access"))
    code = parse_qs(urlsplit(url).query)["code"][0]
    owner.get(url)
    archive, script = files(owner)
    assert archive["log"]["version"] == "1.2"
    entries = archive["log"]["entries"]
    first, second = entries[:2]
    assert first["request"]["url"].startswith(f"{ISSUER}/oauth/authorize?response_type=code")
    assert {"name": "redirect_uri", "value": CALLBACK} in first["request"]["queryString"]
    assert first["response"]["redirectURL"].startswith(CALLBACK + "?")
    assert second["request"]["url"] == f"{ISSUER}/oauth/token"
    assert {"name": "grant_type", "value": CODE} in second["request"]["postData"]["params"]
    assert json.loads(second["response"]["content"]["text"])["access_token"] == "…"
    for entry in entries:
        assert entry.keys() >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert entry["response"]["statusText"]
        assert entry["response"]["content"]["size"] == len(entry["response"]["content"]["text"].encode())
    for text in (json.dumps(archive), script):
        assert code not in text
        assert not re.search(r"eyJ[\w-]+\.|idpr_|idps_", text)
    (tmp_path / "trial.sh").write_text(script)
    assert subprocess.run(["sh", "-n", tmp_path / "trial.sh"], check=False).returncode == 0
    assert script.count("\ncurl ") == 4


def test_single_claims_are_asked_for(owner, shop):
    claims = '{"id_token": {"email": {"essential": true}}}'
    asked = begin(owner, shop, scope="openid", claims=claims)
    assert parse_qs(urlsplit(asked).query)["claims"] == [claims]
    owner.get(stop_before_the_callback(owner, asked))
    assert GOOD in owner.text
    assert re.search(r"<code>email</code></th><td><bdi>owner@example.com", owner.text)


@pytest.mark.parametrize(
    "claims", ["x", "[]", '{"userinfo": 7}', '{"id_token": {"email": "x"}}', "[" * 1500, "{" + " " * 3000 + "}"]
)
def test_claims_that_are_none_are_said_beside_the_field(app, owner, shop, claims):
    owner.get(f"/admin/clients/{shop}/try")
    owner.submit("grant", claims=claims)
    assert owner.status == 422
    assert "Enter a JSON object" in owner.text
    assert events(app, "tool.client_test") == []


def test_the_callback_takes_a_trial_once(owner, shop):
    url = stop_before_the_callback(owner, begin(owner, shop))
    owner.get(url)
    assert GOOD in owner.text
    owner.get(url)
    assert owner.status == 410
    assert OVER in owner.text


def test_without_a_trial_the_callback_is_closed(owner, shop):
    for url in ("/admin/tools/callback", "/admin/tools/callback?code=x&state=" + "0" * 26,
                "/admin/tools/callback?state=" + "x" * 5000):  # fmt: skip
        is_refused(owner, url)


def test_after_ten_minutes_neither_request_nor_callback_are_taken(owner, shop, clock):
    asked = begin(owner, shop)
    url = stop_before_the_callback(owner, asked)
    clock.advance(10 * 60 + 1)
    is_refused(owner, url)
    page_and_no_redirect(owner.http.get(asked.removeprefix(ISSUER), base_url=ISSUER))


def test_another_session_of_the_same_person_ends_nowhere(app, owner, shop):
    asked = begin(owner, shop)
    url = stop_before_the_callback(owner, asked)
    other = Browser(app)
    other.sign_in(OWNER)
    page_and_no_redirect(other.http.get(asked.removeprefix(ISSUER), base_url=ISSUER))
    is_refused(other, url)
    # The same browser too, once its session is another one.
    owner.http.set_cookie("__Host-idp_session", other.cookie("session"), domain="id.example.com", secure=True)
    page_and_no_redirect(owner.http.get(asked.removeprefix(ISSUER), base_url=ISSUER))
    is_refused(owner, url)


def test_a_stranger_ends_nowhere(app, owner, shop):
    asked = begin(owner, shop)
    page_and_no_redirect(Browser(app).http.get(asked.removeprefix(ISSUER), base_url=ISSUER))


def test_who_signs_out_midway_ends_nowhere(owner, shop, arrange):
    url = stop_before_the_callback(owner, asked := begin(owner, shop))
    arrange.execute(update(Session).values(ended_at=now(), ended_reason="test"))
    page_and_no_redirect(owner.http.get(asked.removeprefix(ISSUER), base_url=ISSUER))
    assert "/login" in owner.http.get(url.removeprefix(ISSUER), base_url=ISSUER).headers["Location"]


def test_a_trial_of_one_app_is_none_of_another(owner, shop, factory):
    other, _secret = factory.client_with_secret("Other")
    asked = begin(owner, shop)
    elsewhere = asked.replace(f"client_id={shop}", f"client_id={other}")
    assert elsewhere != asked
    page_and_no_redirect(owner.http.get(elsewhere.removeprefix(ISSUER), base_url=ISSUER))


@pytest.mark.parametrize("bend", ["state=" + "0" * 26, "", "state=x&state=y"])
def test_the_callback_address_is_open_to_no_request_without_the_trial(owner, shop, bend):
    asked = begin(owner, shop)
    bent = asked.replace("state=" + state_of(asked), bend)
    page_and_no_redirect(owner.http.get(bent.removeprefix(ISSUER), base_url=ISSUER))


@pytest.mark.parametrize(
    "address", [CALLBACK + "/", CALLBACK + "?x=1", CALLBACK.upper(), "https://evil.example.com/admin/tools/callback"]
)
def test_a_trial_opens_one_address_only(owner, shop, address):
    asked = begin(owner, shop)
    values = {name: found[0] for name, found in parse_qs(urlsplit(asked).query).items()}
    bent = "/oauth/authorize?" + urlencode({**values, "redirect_uri": address})
    page_and_no_redirect(owner.http.get(bent, base_url=ISSUER))


def test_a_code_of_another_app_is_not_redeemed(owner, shop, arrange, factory):
    trial = begin(owner, shop)
    other, _secret = factory.client_with_secret("Other")
    stolen = urlsplit(stop_before_the_callback(owner, begin(owner, other)))
    code = parse_qs(stolen.query)["code"][0]
    owner.get(f"/admin/tools/callback?code={code}&state={state_of(trial)}")
    assert "invalid_grant" in owner.text
    assert "Access token" not in owner.text


def test_the_app_must_not_be_another_kind_of_request(owner, shop):
    """Nothing but the address is different: PKCE, scopes and the rest are judged as ever."""
    asked = begin(owner, shop, scope="nonsense")
    answer = owner.http.get(asked.removeprefix(ISSUER), base_url=ISSUER)
    assert answer.headers["Location"].startswith(CALLBACK + "?error=invalid_scope")
    owner.get(answer.headers["Location"])
    assert "invalid_scope" in owner.text
    assert "/docs/reference/errors#invalid_scope-scope" in owner.text


def test_a_trial_is_no_interaction_one_can_sign_in_with(owner, shop):
    trial = state_of(begin(owner, shop))
    for path in (f"/oauth/authorize/{trial}", f"/consent/{trial}", f"/device/confirm/{trial}"):
        owner.get(path)
        assert owner.status == 410, path


def test_an_app_without_a_person_is_tried_without_its_secret_and_its_token_is_dead(app, owner, factory, arrange):
    arrange.run(catalogue.create_api, "https://articles.example.com", name="Articles")
    arrange.run(catalogue.add_permission, "https://articles.example.com", "articles.read")
    job, _secret = factory.client_with_secret(
        "Job", type="machine", redirect_uris=[], post_logout_redirect_uris=[], scopes=["articles.read"],
        allowed_apis=["https://articles.example.com"],
    )  # fmt: skip
    owner.get(f"/admin/clients/{job}/try")
    owner.submit("grant", scope="articles.read")
    said = html.unescape(owner.text)
    assert GOOD in said, said
    assert f'--user "{job}:${{OIDC_CLIENT_SECRET}}"' in said
    assert "client_id (access token)" in said
    assert not re.search(r"eyJ[\w-]+\.", owner.text)
    assert len(events(app, "tool.client_test")) == 1


def test_a_device_waits_is_asked_again_and_gets_its_tokens_once(app, owner, factory, clock):
    tv = factory.public_client(type="device", redirect_uris=[], post_logout_redirect_uris=[])
    owner.get(f"/admin/clients/{tv}/try")
    owner.submit("grant", scope="openid email")
    shown, page = html.unescape(owner.text), owner.response
    code = re.search(r"[B-Z]{4}-[B-Z]{4}", shown)[0]
    sealed = owner.form("waiting").fields
    owner.submit("waiting")
    assert "authorization_pending" in owner.text
    owner.submit("waiting")
    assert "slow_down" in owner.text
    clock.advance(20)
    allow(owner, code)
    owner.response = page
    owner.url = f"{ISSUER}/admin/clients/{tv}/try"
    owner.submit("waiting")
    assert GOOD in owner.text, owner.text
    assert "An app without a secret may not introspect" in owner.text
    assert owner.post(f"/admin/clients/{tv}/try/again", sealed).status_code == 410
    assert len(events(app, "tool.client_test")) == 1


def test_what_somebody_else_allowed_a_device_is_not_shown(app, owner, factory, clock):
    tv = factory.public_client(type="device", redirect_uris=[], post_logout_redirect_uris=[])
    factory.user("victim@example.com", name="Vic Timm")
    owner.get(f"/admin/clients/{tv}/try")
    owner.submit("grant", scope="openid email profile")
    code = re.search(r"[B-Z]{4}-[B-Z]{4}", owner.text)[0]
    victim = Browser(app)
    victim.sign_in("victim@example.com")
    allow(victim, code)
    owner.submit("waiting")
    assert "Somebody else allowed it" in owner.text
    assert "victim@example.com" not in owner.text
    assert "Vic Timm" not in owner.text
    with app.app_context():
        assert all(grant.revoked_at for grant in db.session.query(Grant))


def test_a_device_goes_on_with_its_own_trial_only(app, owner, factory):
    tv = factory.public_client(type="device", redirect_uris=[], post_logout_redirect_uris=[])
    owner.get(f"/admin/clients/{tv}/try")
    owner.submit("grant", scope="openid")
    first = owner.form("waiting").fields
    owner.get(f"/admin/clients/{tv}/try")
    owner.submit("grant", scope="openid")
    second = owner.form("waiting").fields
    for bent in ({"waiting": first["waiting"]}, {"waiting": ""}, {"waiting": "v1.0001.AAAA"}, {"trial": "x"}):
        assert owner.post(f"/admin/clients/{tv}/try/again", {**second, **bent}).status_code == 410
    other = Browser(app)
    other.sign_in(OWNER)
    other.get("/account/profile")
    token = other.form("csrf_token").fields["csrf_token"]
    assert other.post(f"/admin/clients/{tv}/try/again", {**second, "csrf_token": token}).status_code == 410


def test_an_app_that_is_off_or_asks_for_nothing_has_nothing_to_try(owner, shop, arrange, factory):
    checker, _secret = factory.client_with_secret(
        "Checker", type="api", redirect_uris=[], post_logout_redirect_uris=[], scopes=[]
    )
    arrange.run(clients.disable_client, shop)
    for client_id, says in ((shop, "turned off"), (checker, "nothing to try")):
        owner.get(f"/admin/clients/{client_id}/try")
        assert says in owner.text
    owner.get("/account/profile")
    token = owner.form("csrf_token").fields["csrf_token"]
    answer = owner.post(f"/admin/clients/{shop}/try", {"csrf_token": token, "grant": CODE})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "bent", [{"grant": MACHINE}, {"max_age": "soon"}, {"max_age": "9" * 30}, {"prompt": "nonsense"}, {"grant": ""}]
)
def test_what_cannot_be_asked_is_said_on_the_form(owner, shop, bent):
    owner.get(f"/admin/clients/{shop}/try")
    owner.submit("grant", **{**bent, "scope": "openid \U0001f600 \u202e"})
    assert owner.status == 422, owner.text
    with owner.app.app_context():
        assert db.session.query(Interaction).filter(Interaction.client_id == shop).count() == 0


def allow(browser, code):
    """Type a device's code and allow it."""
    browser.get("/device")
    browser.submit("user_code", user_code=code)
    browser.submit("decision", "allow", decision="allow")
    assert browser.path == "/device/done", browser.text


def test_a_trial_goes_on_when_the_administrator_has_to_prove_who_they_are(owner, shop, clock):
    clock.advance(60)
    owner.get(f"/admin/clients/{shop}/try")
    owner.submit("grant", scope="openid", prompt="login")
    assert owner.path == "/login"
    owner.submit("password", password=PASSWORD)
    owner.submit("decision", "allow", decision="allow")
    assert GOOD in owner.text, owner.text


def taken(trial_id, session_id, browser):
    """Take a trial in a process of its own, as the browser that began it."""
    g.browser_id = browser
    return store.take(trial_id, db.session.get(Session, session_id)) is not None


def test_four_processes_take_a_trial_once(app, owner, shop, race_settings, arrange):
    trial = state_of(begin(owner, shop))
    ((session_id,),) = arrange.rows(select(Session.id))
    outcome = race(race_settings, "tests.admin.test_try:taken", [(trial, session_id, owner.cookie("browser"))] * 4)
    assert sorted(outcome, key=str) == [False, False, False, True]


def test_one_place_vouches_for_an_app_and_one_believes_it():
    """Nothing that comes over HTTP can be vouched for, as long as these stay the only ones."""
    sources = {path.relative_to(IDP).as_posix(): path.read_text() for path in IDP.rglob("*.py")}
    assert {name for name, text in sources.items() if "vouched_client" in text} == {
        "oauth/request.py", "oauth/client_auth/__init__.py",
    }  # fmt: skip
    assert {name for name, text in sources.items() if "StrictRequest.inside" in text} == {"oauth/trials/walk.py"}
