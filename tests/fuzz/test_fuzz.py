"""Nothing that a stranger sends makes the server fail: every route, every parameter, strange values.

`IDP_FUZZ_REQUESTS` says how many requests (2,000 without it; `make fuzz` sends 20,000).
"""

import base64
import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

REQUESTS = int(os.environ.get("IDP_FUZZ_REQUESTS", "2000"))
PARAMETERS = [
    "acr_values",
    "address",
    "assertion",
    "audience",
    "authorization_details",
    "birthdate",
    "claims",
    "claims_locales",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "csrf_token",
    "decision",
    "display",
    "dpop_jkt",
    "email",
    "flow",
    "grant_type",
    "id_token_hint",
    "identifier",
    "language",
    "login_hint",
    "logout_hint",
    "max_age",
    "name",
    "new_password",
    "next",
    "nonce",
    "password",
    "post_logout_redirect_uri",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "registration",
    "remember",
    "request",
    "request_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "session",
    "state",
    "theme",
    "token",
    "token_type_hint",
    "ui_locales",
    "user_code",
    "username",
]
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


def build(app, rule, values):
    adapter = app.url_map.bind("id.example.com")
    arguments = {
        name: (values[number % len(values)] or "x").replace("/", "_") for number, name in enumerate(rule.arguments)
    }
    try:
        return adapter.build(rule.endpoint, arguments)
    except (ValueError, TypeError, LookupError):
        return adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_wb03_no_input_makes_a_server_error(app, client, factory):
    targets = routes(app)

    @settings(
        max_examples=REQUESTS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        target=st.sampled_from(targets),
        path_values=st.lists(VALUES, min_size=1, max_size=3),
        query=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=6),
        form=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=6),
        headers=HEADERS,
        body=BODIES,
        kind=TYPES,
    )
    def send(target, path_values, query, form, headers, body, kind):
        rule, method = target
        path = build(app, rule, path_values)
        values = {"data": form} if body is None else {"data": body, "content_type": kind}
        response = client.open(path, method=method, query_string=query, headers=headers, **values)
        assert response.status_code < 500, (method, path, query, form, headers, body)
        assert b"Traceback" not in response.data

    send()
