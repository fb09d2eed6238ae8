"""The tools of the console: a token looked into and ended, a configuration compared, a refusal explained."""

import html
import json

import click
import pytest

from idp.cli import main
from idp.core.clock import timestamp
from idp.keyring import service as keyring
from idp.oauth.oversight.token_cli import token as token_command
from idp.oauth.relying.checks import compare
from idp.oauth.relying.reading import read
from tests.actors import Browser

OWNER = "owner@example.com"
client_command = main.get_command(click.Context(main), "client")


def test_a_token_is_explained_and_ended_and_never_shown_again(app, factory, arrange, rp, browser, command_line):
    factory.user(OWNER, roles=("owner",))
    user_id = factory.user("alice@example.com")
    tokens = arrange.tokens(rp, user_id)
    operator = Browser(app)
    operator.sign_in(OWNER)

    def look(value):
        operator.get("/admin/tools")
        operator.submit("token", token=value)
        assert operator.status == 200
        return operator.text.split("<main")[1]

    said = look(tokens["access_token"])
    assert "Signed by a key of ours." in said
    assert ">active<" in said
    assert user_id in said
    assert tokens["access_token"] not in said
    assert operator.response.headers["Cache-Control"].startswith("no-store")
    assert ">active<" in look(tokens["refresh_token"])
    assert "neither active nor revoked" in look(tokens["id_token"])
    for bad in ("x", "a.b.c", "", "x" * 40_000, tokens["access_token"][:-3] + "abc"):
        assert ">active<" not in look(bad)
    inspected = command_line.json(token_command, "inspect", "-", stdin=tokens["access_token"])
    assert inspected["active"] is True
    look(tokens["access_token"])
    operator.press("/revoke")
    assert ">active<" not in look(tokens["access_token"])
    assert command_line.run(token_command, "inspect", "-", stdin=tokens["access_token"]).exit_code == 1
    assert rp.introspect(tokens["access_token"]) == {"active": False}


def test_whose_signature_it_is_is_told_apart(app, arrange, rp, factory, clock):
    factory.user(OWNER, roles=("owner",))
    operator = Browser(app)
    operator.sign_in(OWNER)

    def look(value):
        operator.get("/admin/tools")
        operator.submit("token", token=value)
        return operator.text.split("<main")[1]

    claims = {"iss": "https://id.example.com", "sid": "S1", "iat": timestamp(), "exp": timestamp() + 120}
    logout = arrange.run(lambda: keyring.sign(claims, typ="logout+jwt"))
    assert "Signed by a key of ours." in look(logout)
    assert "another kind of ours" in look(logout)
    token = arrange.tokens(rp, factory.user())["access_token"]
    assert "this server" in look(token)
    assert "how strong the sign-in was" in look(token)
    assert "The signature does not fit" in look(token[:-8] + "AAAAAAAA")
    arrange.run(lambda: keyring.rotate(emergency=True))
    clock.advance(60)
    assert "Not signed by a key of ours" in look(token)


CONFIGURATION = """
# settings of the shop
export OIDC_ISSUER="https://id.example.com/"   # with a slash
OIDC_CLIENT_ID={client_id}
OIDC_CLIENT_SECRET=idps_topsecret-value
DATABASE_URL=postgres://shop:hunter2@db/shop
OIDC_REDIRECT_URI=https://rp.example.com/callback/
OIDC_SCOPE="openid email payments"
OIDC_TOKEN_ENDPOINT=http://id.example.com/oauth/token
OIDC_RESPONSE_TYPE=id_token
OIDC_TOKEN_ENDPOINT_AUTH_METHOD=client_secret_post
"""


def test_what_an_app_has_written_down_is_compared_and_its_secrets_are_not_told(
    factory, browser, command_line, tmp_path
):
    factory.user(OWNER, roles=("owner",))
    client_id, _secret = factory.client_with_secret("Shop")
    text = CONFIGURATION.format(client_id=client_id)
    browser.sign_in(OWNER)
    browser.get("/admin/tools")
    browser.submit("configuration", configuration=text)
    said = html.unescape(browser.text.split("<main")[1])
    for words in (
        "It is not our issuer: trailing slash.", "the nearest one differs: trailing slash", "may not ask for this scope",
        "It is not an endpoint of ours: scheme.", "answers with a code only", "prove itself in another way",
        "One secret was passed over.", "One other setting is not about us.",
    ):  # fmt: skip
        assert words in said, words
    for secret in ("topsecret", "hunter2", "DATABASE_URL"):
        assert secret not in browser.text
    (tmp_path / ".env").write_text(text)
    result = command_line.run(client_command, "check", str(tmp_path / ".env"), "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [row["name"] for row in found["mismatches"]] == [
        "issuer", "redirect_uris", "scope", "response_type", "token_endpoint_auth_method", "token_endpoint",
    ]  # fmt: skip
    assert found["right"] == [{"name": name, "value": value} for name, value in (
        ("client_id", client_id), ("scope", "openid"), ("scope", "email"))]  # fmt: skip
    assert "topsecret" not in str(found)


def test_a_copy_of_discovery_fits_until_it_is_old_or_of_another(arrange, client):
    document = client.get("/.well-known/openid-configuration").json

    def names(changes):
        return [row.name for row in arrange.run(compare, json.dumps({**document, **changes})).mismatches]

    assert names({}) == []
    assert names({"grant_types_supported": ["password"]}) == ["grant_types_supported"]
    assert names({"token_endpoint": "https://other.example.com/oauth/token"}) == ["token_endpoint"]
    assert names({"issuer": "http://id.example.com"}) == ["issuer"]
    nested = {"data": {"clientId": "nobody-knows", "clientSecret": "x", "redirectUris": ["https://a.example.com"]}}
    report = arrange.run(compare, json.dumps(nested))
    assert [row.name for row in report.mismatches] == ["client_id"]
    assert report.secrets == 1


@pytest.mark.parametrize("name", ["client_secret", "OIDC_CLIENT_SECRET", "clientSecret", "PASSWORD", "api_key", "SECRET_KEY",
                                  "access_token", "refreshToken", "privateKey", "session_cookie", "jwks"])  # fmt: skip
def test_a_secret_is_known_by_its_name(name):
    for text in (f"{name}=hunter2", f'{name}: "hunter2"', json.dumps({"a": {name: "hunter2"}})):
        found = read(text)
        assert (found.secrets, found.facts) == (1, {}), text


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 50_000, "null", "=" * 60_000, " " * 60_000, "a" * 60_000, "a= " + " " * 60_000 + "#",
             "issuer=" + "https://" * 8_000, "\n".join(f"redirect_uri{n}=https://a" for n in range(5_000)), "issuer:\r\n\x00"]
)  # fmt: skip
def test_what_is_no_configuration_is_read_in_a_moment(arrange, text):
    report = arrange.run(compare, text)
    assert len(report.mismatches) <= 30
    assert report.right == []


def test_a_public_app_needs_no_secret(arrange, factory):
    spa = factory.public_client()
    found = arrange.run(compare, f"client_id={spa}\nclient_secret=x\n")
    assert [(row.name, row.got) for row in found.mismatches] == [("client_secret", "…")]
    other = arrange.run(compare, f"client_id={spa[:-1]}x")
    assert [(row.name, row.expected) for row in other.mismatches] == [("client_id", spa)]


def test_the_command_says_that_everything_fits(command_line, rp):
    lines = f"issuer=https://id.example.com\nclient_id={rp.client_id}\nredirect_uri={rp.redirect_uri}\n"
    result = command_line.run(client_command, "check", "-", stdin=lines)
    assert result.exit_code == 0, result.output
    assert "Everything fits." in result.output
    assert command_line.run(client_command, "check", "/nowhere/.env").exit_code == 2


def test_a_request_that_was_refused_is_explained_without_its_secrets(factory, browser, rp):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)

    def look(response):
        browser.get("/admin/tools?request_id=" + response.headers["X-Request-Id"])
        return html.unescape(browser.text.split("<main")[1])

    bad = "https://user:pa55@rp.example.com/call?token=hunter2#x"
    said = look(rp.http.get(rp.authorize_url(redirect_uri=bad, scope="openid email", state="s3cret", nonce="n0nce")))
    for words in ("/oauth/authorize", "scope=openid+email", "redirect_uri=https://rp.example.com/call?…", "state", "nonce",
                  rp.client_id, "#invalid_request-redirect-uri"):  # fmt: skip
        assert words in said, words
    for secret in ("pa55", "hunter2", "s3cret", "n0nce"):
        assert secret not in said
    said = look(rp.redeem("c0de-value", redirect_uri=rp.redirect_uri, my_own="value"))
    assert "grant_type=authorization_code" in said
    assert "code_verifier" in said
    assert "The code is unknown" in said
    for secret in ("c0de-value", rp.verifier, rp.client_secret, "my_own"):
        assert secret not in said
    rp.client_secret = "wr0ng"
    said = look(rp.redeem("c0de-value"))
    assert "invalid_client" in said
    assert "it said so, and did not prove it" in said
    assert "wr0ng" not in said
    browser.get("/admin/tools?request_id=nothing")
    assert "Nothing was recorded" in browser.text
