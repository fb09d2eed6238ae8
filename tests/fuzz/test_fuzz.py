"""Nothing that anybody sends makes the server fail: every route, every parameter, strange values, whoever asks.

Half of the requests carry the right token of a form, a live flow or right credentials, so that they get past the door.

`IDP_TEST_FUZZ_REQUESTS` says how many requests (2,000 without it; `make fuzz` sends 20,000).
"""

import base64
import collections
import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from idp.accounts.service import find_user
from idp.authn.acr import TWO_FACTORS
from idp.clients.lookup import find_client
from idp.core.extensions import limiter
from idp.core.secrets import digest, keyed_digest, random_token
from idp.sessions import interactions
from idp.sessions import service as sessions
from tests.services import test_client

REQUESTS = int(os.environ.get("IDP_TEST_FUZZ_REQUESTS", "2000"))
PARAMETERS = [
    "acr_values", "address", "after", "allowed_roles", "assertion", "audience", "authorization_details",
    "birthdate", "cell", "claims", "claims_locales", "client_assertion", "client_assertion_type", "client_id",
    "client_secret", "code", "code_challenge", "configuration", "code_challenge_method", "code_verifier", "csrf_token", "days",
    "decision", "display", "dpop_jkt", "email", "flow", "format", "grant", "grant_type", "id_token_hint", "identifier",
    "label", "language", "login_hint", "logout_hint", "max_age", "name", "new_password", "next", "nonce",
    "password", "post_logout_redirect_uri", "prompt", "q", "redirect_uri", "redirect_uris", "refresh_token",
    "registration", "remember", "request", "request_id", "request_uri", "resource", "response_mode", "response_type", "role",
    "scope", "scopes", "search", "seen", "session", "since", "snippet", "state", "tag", "theme", "token",
    "token_type_hint", "trial", "type", "typed", "ui_locales", "until", "user_code", "username", "version", "waiting",
]  # fmt: skip
WORDS = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "password",
    "code",
    "token",
    "id_token",
    "none",
    "login",
    "consent",
    "query",
    "fragment",
    "form_post",
    "S256",
    "plain",
    "openid",
    "offline_access",
    "profile",
    "roles",
    "https://rp.example.com/callback",
    "javascript:alert(1)",
    "allow",
    "deny",
    "sign_out",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "eyJhbGciOiJub25lIn0.e30.",
    '{"id_token":{"sub":null}}',
    "[[[[",
    "{{7*7}}",
    "${ENV}",
    "'",
    "OR",
    "1=1--",
    "1e30",
    "NaN",
    "-1",
    "0",
    "99999999999999999999999",
    "9" * 5000,
    "9999-12-31",
    "../../etc/passwd",
    "%00",
    "%ff",
    "<script>alert(1)</script>",
]
VALUES = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=60),
    st.text(alphabet="\x00\r\n\t \u202e\u200b\ud7ff😀'\"<>&%;,+=/\\", max_size=30),
    st.integers().map(str),
    st.binary(max_size=30).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    st.integers(1, 3000).map(lambda number: "a " * number),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Authorization", "Cookie", "Accept-Language", "User-Agent", "X-Forwarded-For", "X-Request-Id", "Origin"]
    ),
    st.one_of(
        st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
        st.sampled_from(
            ["Basic !!!", "Basic OmE=", "Basic /////w==", "Bearer x", "Bearer a.b.c", "__Host-idp_session=x"]
        ),
    ),
    max_size=2,
)
BODIES = st.one_of(st.none(), st.binary(max_size=200))
CREDENTIALS = {"client_id": "{id}", "client_secret": "{secret}", "redirect_uri": "https://rp.example.com/callback"}
TYPES = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
        "\u00ff/x",
    ]
)


def routes(app):
    """Every route of the application but the static files, with its arguments made up."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        found.extend((rule, method) for method in sorted(rule.methods - {"OPTIONS"}))
    return found


def build(app, rule, values, known):
    """The address of a rule; arguments that `known` names point at things that are there."""
    adapter = app.url_map.bind("id.example.com")
    arguments = {
        name: known.get(name) or (values[number % len(values)] or "x").replace("/", "_")
        for number, name in enumerate(rule.arguments)
    }
    try:
        return adapter.build(rule.endpoint, arguments)
    except (ValueError, TypeError, LookupError):
        return adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"))


class Stranger:
    """A browser without a session that has seen a form: its posts get past the token of the form."""

    def __init__(self, app, factory) -> None:
        self.app, self.factory = app, factory
        self.http = test_client(app)
        self.browser = random_token()
        self.app_id, self.secret = factory.client_with_secret()
        self.value, self.known = "", {}

    def prepare(self):
        """Give the browser back what an earlier request may have taken from it."""
        self.http.set_cookie("__Host-idp_browser", self.browser, domain="id.example.com", secure=True)

    def fill(self, values):
        """Put the right token, flow and credentials where the strategy asks for right ones."""
        known = {"{csrf}": self.csrf, "{flow}": self.flow, "{id}": lambda: self.app_id, "{secret}": lambda: self.secret}
        return {name: known[value]() if value in known else value for name, value in values.items()}

    def csrf(self):
        with self.app.app_context():
            return keyed_digest("csrf", f"{self.browser}|{self.value}")

    def flow(self):
        cookies = {"Cookie": f"__Host-idp_browser={self.browser}"}
        with self.app.test_request_context(base_url="https://id.example.com", headers=cookies):
            return interactions.start(return_to="/account", client_name="Demo Shop", prompt=["login"]).id


class Person(Stranger):
    """A browser in which somebody is signed in."""

    roles: tuple[str, ...] = ()

    def __init__(self, app, factory, arrange) -> None:
        super().__init__(app, factory)
        self.arrange, self.user_id = arrange, factory.user(roles=self.roles)

    def prepare(self):
        super().prepare()
        with self.app.app_context():
            alive = self.value and not isinstance(sessions.find_by_cookie(self.value), sessions.Lapse | None)
            user = find_user(self.user_id)
            gone = user is None or user.disabled_at is not None
        if gone:
            self.user_id = self.factory.user(roles=self.roles)
        if gone or not alive:
            self.value = random_token()
            self.arrange.session(self.user_id, digest=digest(self.value), acr=TWO_FACTORS, amr=["pwd", "otp"])
        self.http.set_cookie("__Host-idp_session", self.value, domain="id.example.com", secure=True)


class Operator(Person):
    """The browser of an owner, in the console of a house that has somebody and an app in it."""

    roles = ("owner",)

    def prepare(self):
        super().prepare()
        with self.app.app_context():
            if "user_id" not in self.known or find_user(self.known["user_id"]) is None:
                self.known = {"user_id": self.factory.user(), "role": "owner", "name": "owner"}
            if find_client(self.app_id) is None:
                self.app_id, self.secret = self.factory.client_with_secret()
            self.known["client_id"] = self.app_id


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_wb03_no_input_makes_a_server_error(app, factory, arrange):
    targets, sent = routes(app), collections.Counter()
    posts = [(rule, method) for rule, method in targets if method == "POST"]
    actors = [Stranger(app, factory), Person(app, factory, arrange), Operator(app, factory, arrange)]

    @settings(
        max_examples=REQUESTS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        target=st.sampled_from(targets) | st.sampled_from(posts),
        actor=st.sampled_from(actors),
        path_values=st.lists(VALUES, min_size=1, max_size=3),
        query=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=6),
        form=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=6),
        right=st.sampled_from([{}, {"csrf_token": "{csrf}"}, {"csrf_token": "{csrf}", "flow": "{flow}"}, CREDENTIALS]),
        headers=HEADERS,
        body=BODIES,
        kind=TYPES,
    )
    def send(target, actor, path_values, query, form, right, headers, body, kind):
        rule, method = target
        actor.prepare()
        path = build(app, rule, path_values, actor.known if right else {})
        query = actor.fill(query | ({"flow": right["flow"]} if method == "GET" and "flow" in right else {}))
        values = {"data": actor.fill(form | right)} if body is None or right else {"data": body, "content_type": kind}
        response = actor.http.open(path, method=method, query_string=query, headers=headers, **values)
        sent[response.status_code] += 1
        assert response.status_code < 500, (method, path, query, form, headers, body)
        assert b"Traceback" not in response.data
        limiter.reset()

    send()
    assert sum(sent.values()) >= REQUESTS, sent
    assert sent[422] + sent[401] > REQUESTS // 50, f"hardly a form was read: {sent}"
