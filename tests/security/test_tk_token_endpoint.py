"""TK: the token endpoint, client authentication, grants."""

import base64
import statistics
import time

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from idp.core.clock import timestamp
from idp.limits.models import Counter
from tests.actors import RelyingParty
from tests.arrange import part, refused
from tests.oauth.assertions import AssertingParty, claims, hmac_forgery

KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1"}), RSAKey.generate_key(2048, {"kid": "k1"})


@pytest.fixture
def machine(app, factory):
    return RelyingParty(
        app, *factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[])
    )


@pytest.fixture
def party(app, factory):
    return AssertingParty(app, factory, KEY)


def basic(pair):
    raw = pair if isinstance(pair, bytes) else pair.encode()
    return {"Authorization": "Basic " + base64.b64encode(raw).decode()}


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE", "PATCH"])
def test_tk01_another_method_is_not_allowed(client, method):
    response = client.open("/oauth/token", method=method)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    if method != "HEAD":
        assert response.json["error"] == "invalid_request"


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", None, "bogus"]
)
def test_tk01_another_content_type_is_refused(client, content_type):
    response = client.post("/oauth/token", data=b'{"grant_type": "client_credentials"}', content_type=content_type)
    assert refused(response, "invalid_request")


@pytest.mark.parametrize("name", ["grant_type", "code", "scope", "client_id", "bogus"])
def test_tk01_a_parameter_given_twice_is_refused(rp, client, name):
    body = f"grant_type=authorization_code&code=x&scope=openid&client_id=x&bogus=1&{name}=y"
    response = client.post("/oauth/token", data=body, content_type="application/x-www-form-urlencoded")
    assert refused(response, "invalid_request")


@pytest.mark.parametrize("secret", ["wrong", "", "idps_" + "A" * 43])
def test_tk02_wrong_secret_is_refused_with_a_challenge(machine, secret):
    response = machine.token(auth=None, headers=basic(f"{machine.client_id}:{secret}"), grant_type="client_credentials")
    assert refused(response, "invalid_client", 401)
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("pair", ["no-colon", "", ":", ":secret", b"\xff\xfe:x", b"a%ff:b", "a%00b:c", "a\x00b:c"])
def test_tk02_malformed_basic_is_refused(client, pair):
    response = client.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=basic(pair))
    assert refused(response, "invalid_client", 401)


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Bearer abc", "Basic \u00fc", "Basic " + "A" * 8000])
def test_tk02_anything_else_in_the_header_is_refused(client, header):
    headers = {"Authorization": header.encode().decode("latin-1")}
    response = client.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
    assert refused(response, "invalid_client", 401)


def test_tk02_secret_of_another_client_is_refused(machine, rp):
    headers = basic(f"{machine.client_id}:{rp.client_secret}")
    assert refused(machine.token(auth=None, headers=headers, grant_type="client_credentials"), "invalid_client", 401)


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_tk03_confidential_client_that_sends_only_its_id_is_refused(rp, path):
    form = {"grant_type": "authorization_code", "code": "x", "token": "x"}
    assert refused(rp.call(path, auth="none", **form), "invalid_client", 401)


def test_tk04_two_methods_in_one_request_are_refused(machine):
    form = {"grant_type": "client_credentials", "client_id": machine.client_id}
    assert refused(machine.token(client_secret=machine.client_secret, **form), "invalid_request")
    assert refused(machine.token(client_assertion="x.y.z", **form), "invalid_request")
    assertion = {"client_assertion": "x.y.z", "client_secret": machine.client_secret}
    assert refused(machine.token(auth=None, **assertion, **form), "invalid_request")


def test_tk04_method_other_than_the_registered_one_is_refused(machine, party):
    assert refused(machine.token(auth="post", grant_type="client_credentials"), "invalid_client", 401)
    signed = party.sign(claims(machine.client_id))
    assert refused(party.ask(signed), "invalid_client", 401)


def test_tk07_unknown_wrong_and_disabled_clients_cannot_be_told_apart(machine, factory, arrange, app):
    from idp.clients import service as clients

    off = factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[])
    arrange.run(clients.disable_client, off[0])
    pairs = {"unknown": "nobody:idps_x", "wrong": f"{machine.client_id}:idps_x", "disabled": f"{off[0]}:{off[1]}"}
    times, answers = {name: [] for name in pairs}, {}
    for _turn in range(25):
        for name, pair in pairs.items():
            start = time.thread_time()
            response = machine.token(auth=None, headers=basic(pair), grant_type="client_credentials")
            times[name].append(time.thread_time() - start)
            kept = {k: v for k, v in response.headers if k not in {"X-Request-Id", "Date"}}
            answers[name] = (response.status_code, response.get_data(), kept)
    assert answers["unknown"] == answers["wrong"] == answers["disabled"]
    medians = [statistics.median(values) for values in times.values()]
    assert max(medians) - min(medians) < 0.005


def test_tk07_failures_are_counted_and_then_refused_for_all_alike(machine):
    wrong = basic(f"{machine.client_id}:wrong")
    for _turn in range(30):
        machine.token(auth=None, headers=wrong, grant_type="client_credentials")
    response = machine.token(auth=None, headers=wrong, grant_type="client_credentials")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    # The owner is not locked out by somebody else's failures.
    assert machine.token(grant_type="client_credentials").status_code == 200


def test_tk07_success_counts_nothing(machine, arrange):
    for _turn in range(3):
        assert machine.token(grant_type="client_credentials").status_code == 200
    assert arrange.rows(select(func.count()).select_from(Counter)) == [(0,)]


@pytest.mark.parametrize(
    "bad",
    [
        {"exp": None}, {"jti": None}, {"aud": None}, {"iss": None}, {"sub": None}, {"iss": "another"},
        {"aud": "https://other.example"}, {"aud": ["https://id.example.com", "https://other.example"]}, {"aud": []},
        {"aud": {"a": 1}}, {"jti": 7}, {"jti": "x" * 300}, {"jti": "a\x00b"}, {"sub": ["x"], "iss": ["x"]},
    ],
    ids=str,
)  # fmt: skip
def test_tk08_assertion_with_a_bad_claim_is_refused(party, bad):
    assert refused(party.ask(party.sign(claims(party.client_id, **bad))), "invalid_client", 401)


def test_tk08_unsigned_assertion_is_refused(party):
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    body = party.sign(claims(party.client_id)).split(".")[1]
    for alg in ("none", "None", "nOnE"):
        header = base64.urlsafe_b64encode(f'{{"alg":"{alg}"}}'.encode()).rstrip(b"=").decode()
        assert refused(party.ask(f"{header}.{body}."), "invalid_client", 401)


def test_tk08_hmac_over_the_public_key_is_refused(party):
    for secret in (KEY.as_pem(private=False), KEY.as_der(private=False)):
        forged = hmac_forgery({"kid": "k1"}, claims(party.client_id), secret)
        assert refused(party.ask(forged), "invalid_client", 401)


def test_tk08_another_key_under_the_same_name_is_refused(party):
    assert refused(party.ask(party.sign(claims(party.client_id), key=OTHER_KEY)), "invalid_client", 401)


def test_tk08_key_of_another_client_is_refused(party, app, factory):
    other = AssertingParty(app, factory, OTHER_KEY)
    assert refused(party.ask(other.sign(claims(party.client_id))), "invalid_client", 401)
    assert refused(party.ask(party.sign(claims(other.client_id))), "invalid_client", 401)


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": KEY.as_dict(private=False)}, {"jku": "https://evil.example/jwks"}, {"x5u": "https://evil.example/c"},
        {"x5c": ["MII="]}, {"crit": ["bork"], "bork": 1}, {"b64": False, "crit": ["b64"]}, {"typ": "at+jwt"},
        {"typ": "logout+jwt"}, {"kid": "../../keys/kek-0001.key"}, {"kid": "x" * 300}, {"kid": "' OR 1=1 --"},
    ],
    ids=lambda header: " ".join(header),
)  # fmt: skip
def test_tk08_header_that_brings_or_moves_the_key_is_refused(party, header):
    assert refused(party.ask(party.sign(claims(party.client_id), **header)), "invalid_client", 401)


@pytest.mark.parametrize(
    "junk", ["", ".", "..", "a.b.c", "." * 5000, "ey.ey.ey", "{}", "\u00fc.\u00fc.\u00fc", "x" * 16000]
)
def test_tk08_junk_is_refused(party, junk):
    assert party.ask(junk).status_code in {400, 401}


def test_tk10_assertion_works_once(party):
    signed = party.sign(claims(party.client_id))
    assert party.ask(signed).status_code == 200
    assert refused(party.ask(signed), "invalid_client", 401)
    same_id = party.sign(claims(party.client_id, jti="the-same", exp=timestamp() + 30))
    again = party.sign(claims(party.client_id, jti="the-same", exp=timestamp() + 90))
    assert party.ask(same_id).status_code == 200
    assert refused(party.ask(again), "invalid_client", 401)


@pytest.mark.parametrize(
    "times",
    [
        {"exp": 10 * 365 * 86400}, {"exp": 700}, {"exp": -60}, {"iat": 300}, {"nbf": 300},
    ],
    ids=str,
)  # fmt: skip
def test_tk12_assertion_outside_the_horizon_is_refused(party, times):
    values = {name: timestamp() + seconds for name, seconds in times.items()}
    assert refused(party.ask(party.sign(claims(party.client_id, **values))), "invalid_client", 401)


@pytest.mark.parametrize("value", [1e30, 10**30, "soon", True, [1], -1, 0])
def test_tk12_times_that_are_no_times_are_refused(party, value):
    assert refused(party.ask(party.sign(claims(party.client_id, exp=value))), "invalid_client", 401)


def test_tk12_ids_of_assertions_are_forgotten_when_they_cannot_come_back(party, arrange, clock):
    from idp.oauth.tokens.models import UsedAssertion
    from idp.oauth.tokens.sweep import sweep

    for _turn in range(3):
        assert party.ask(party.sign(claims(party.client_id))).status_code == 200
    clock.advance(5000)
    arrange.run(sweep)
    assert arrange.rows(select(UsedAssertion.jti)) == []


@pytest.mark.parametrize(
    "grant_type", ["password", "implicit", "urn:bogus", "CLIENT_CREDENTIALS", "refresh_token ", "\u00fc"]
)
def test_tk13_unknown_grant_is_refused(rp, grant_type):
    assert refused(rp.token(grant_type=grant_type), "unsupported_grant_type")


@pytest.mark.parametrize("allowed", ["authorization_code", "refresh_token", "client_credentials"])
def test_tk13_grant_that_is_not_registered_is_refused_whatever_the_others(app, factory, allowed):
    rp = RelyingParty(app, *factory.client_with_secret(grant_types=sorted({"authorization_code", allowed})))
    for asked in ("refresh_token", "client_credentials"):
        if asked != allowed:
            assert refused(rp.token(grant_type=asked, refresh_token="x"), "unauthorized_client")


def test_tk14_token_of_a_client_has_no_right_of_any_person(machine):
    answer = machine.token(grant_type="client_credentials").json
    assert not {"refresh_token", "id_token"} & set(answer)
    assert machine.userinfo(answer["access_token"]).status_code == 403


@pytest.mark.parametrize("scope", ["nonsense", "openid\u00fc", '"', "\\", "admin.users.write", "  ", "openid\nprofile"])
def test_tk15_unknown_scope_is_refused(machine, scope):
    response = machine.token(grant_type="client_credentials", scope=scope)
    if response.status_code == 200:
        assert response.json["scope"] == ""
    else:
        assert refused(response, "invalid_scope")


def test_tk15_scope_beyond_the_registered_ones_is_not_given(app, factory, arrange):
    rp = RelyingParty(app, *factory.client_with_secret(scopes=["openid", "profile"]))
    answer = arrange.tokens(rp, scope="openid profile email roles")
    assert answer["scope"] == "openid profile"
    assert "roles" not in part(answer["access_token"])


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://rp.example.com.evil.test"])
def test_tk18_no_origin_is_reflected_and_none_may_send_credentials(client, origin):
    for method, path in (
        ("POST", "/oauth/token"),
        ("GET", "/oauth/userinfo"),
        ("GET", "/oauth/jwks"),
        ("POST", "/oauth/revoke"),
    ):
        response = client.open(path, method=method, headers={"Origin": origin})
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    for path in ("/oauth/authorize", "/oauth/introspect", "/login", "/account"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers={"Origin": origin}).headers
