"""Metadata: every shape that is not right is refused with the field's name, nothing is dropped in silence."""

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.clients import service as clients
from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.registration import from_registration, to_registration
from idp.clients.metadata.rules import RULES, clean
from idp.clients.types import TYPES
from tests.conftest import ISSUER

CALLBACK = "https://rp.example.com/callback"
KEY = ECKey.generate_key("P-256", auto_kid=True)
PUBLIC = KEY.as_dict(private=False)
SHAPES = [
    7,
    -1,
    0.5,
    True,
    "",
    "x",
    [7],
    [None],
    [[]],
    [{}],
    {},
    {"a": 1},
    [""],
    "\x00",
    ["\x00"],
    ["a" * 3000],
    10**400,
]


def web(**changes):
    return {"name": "Shop", "type": "web", "redirect_uris": [CALLBACK], **changes}


def refused(field, **changes):
    with pytest.raises(InvalidMetadata) as caught:
        clean(web(**changes))
    assert caught.value.field == field
    assert caught.value.public
    return caught.value


@pytest.mark.parametrize("field", sorted(set(RULES) - {"metadata_"}))
@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_t16_wrong_shapes_are_refused_and_never_an_error_of_ours(field, shape):
    try:
        cleaned = clean(web(**{field: shape}))
    except InvalidMetadata as error:
        assert error.field  # noqa: PT017 - either is fine, a TypeError is not
    else:
        assert type(cleaned[field]) in {str, int, bool, list, dict, type(None)}


@pytest.mark.parametrize("body", [None, 7, "x", [], [1], True, {f"f{n}": 1 for n in range(101)}], ids=str)
def test_t16_metadata_that_is_no_object_is_refused(body):
    with pytest.raises(InvalidMetadata):
        from_registration(body)


@pytest.mark.parametrize("field", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize(
    "value", [7, [7], "https://rp.example.com/", {"0": CALLBACK}, [CALLBACK] * 2 + [None]], ids=str
)
def test_t16_addresses_are_a_list_of_texts(field, value):
    assert refused(field, **{field: value}).code == "invalid_redirect_uri"


def test_t17_an_app_that_signs_people_in_needs_an_address():
    refused("redirect_uris", redirect_uris=[])
    with pytest.raises(InvalidMetadata):
        clean({"name": "x", "type": "spa"})


@pytest.mark.parametrize(
    "response_types", [["id_token"], ["token"], ["code id_token"], ["code", "token"], [7], "code", [], 7]
)
def test_t17_response_types_of_the_front_channel_are_refused(response_types):
    with pytest.raises(InvalidMetadata):
        clean({"name": "x", **from_registration({"redirect_uris": [CALLBACK], "response_types": response_types})})


def test_t17_response_types_agree_with_grant_types():
    with pytest.raises(InvalidMetadata):
        from_registration({"response_types": ["code"], "grant_types": ["client_credentials"]})
    with pytest.raises(InvalidMetadata):
        from_registration({"response_types": ["code"], "grant_types": 7})
    assert from_registration({"response_types": [], "grant_types": ["client_credentials"]})


@pytest.mark.parametrize("field", [
    "client_name#", "client_name#f r", "redirect_uris#fr", "jwks#de", "nonsense", "", "client_id", "client_secret",
    "registration_access_token", "first_party", "require_pkce", "roles", "owner", "trusted", "skip_consent", "type",
    "allowed_roles", "allowed_apis", "access_lifetime", "version", "disabled_at", "created_at", "id", "metadata_",
    "request_uris", "frontchannel_logout_uri", "dpop_bound_access_tokens", "id_token_encrypted_response_alg",
    "sector_identifier_uri", "software_statement", "default_acr_values",
])  # fmt: skip
def test_t18_what_cannot_be_kept_is_refused_by_its_name(field):
    with pytest.raises(InvalidMetadata) as caught:
        from_registration({"client_name": "x", field: True})
    assert caught.value.field == field


def test_t18_what_is_kept_comes_back(context):
    given = {
        "client_name": "Shop", "client_name#fr": "Boutique", "client_name#ja-Hani-JP": "\u5e97",
        "client_uri": "https://rp.example.com/", "client_uri#fr": "https://rp.example.com/fr",
        "logo_uri": "https://rp.example.com/logo.png", "tos_uri": "https://rp.example.com/tos",
        "policy_uri": "https://rp.example.com/p", "contacts": ["ops@rp.example.com"], "software_id": "4NRB1",
        "software_version": "2.1", "redirect_uris": [CALLBACK], "post_logout_redirect_uris": [CALLBACK + "2"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "scope": "openid email",
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [PUBLIC]}, "default_max_age": 600, "require_auth_time": True, "application_type": "web",
        "subject_type": "public", "id_token_signed_response_alg": "RS256",
        "initiate_login_uri": "https://rp.example.com/login",
    }  # fmt: skip
    row, secret = clients.create_client(**from_registration(given))
    assert secret is None
    back = to_registration(row)
    assert {name: back[name] for name in given} == given
    assert set(back) - set(given) == {"client_id", "client_id_issued_at"}


@pytest.mark.parametrize(("field", "value"), [
    ("subject_type", "pairwise"), ("subject_type", ["public"]), ("id_token_signed_response_alg", "none"),
    ("id_token_signed_response_alg", "HS256"), ("token_endpoint_auth_signing_alg", "none"),
    ("token_endpoint_auth_signing_alg", "HS256"), ("application_type", "desktop"), ("application_type", 7),
    ("contacts", "x"), ("contacts", [7]), ("contacts", ["a\nb"]), ("software_id", 7), ("software_id", "x" * 300),
    ("initiate_login_uri", "javascript:alert(1)"), ("backchannel_logout_uri", "https://rp.example.com/out#x"),
    ("backchannel_logout_uri", "com.example.app:/out"), ("client_name#fr", "\u202e"), ("client_name#fr", 7),
    ("tos_uri#fr", "http://rp.example.com/"),
])  # fmt: skip
def test_values_we_do_not_honour_are_refused(field, value):
    with pytest.raises(InvalidMetadata):
        from_registration({field: value})


def test_application_type_native_is_a_native_app():
    values = from_registration({"application_type": "native", "redirect_uris": ["com.example.app:/cb"]})
    assert clean({"name": "x", **values})["type"] == "native"


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_starts_with_what_it_needs(context, kind):
    redirects = [CALLBACK] if TYPES[kind].redirects else []
    row, secret = clients.create_client(name="x", type=kind, redirect_uris=redirects)
    expected = {
        "web": ("client_secret_basic", ["authorization_code", "refresh_token"]),
        "spa": ("none", ["authorization_code", "refresh_token"]),
        "native": ("none", ["authorization_code", "refresh_token"]),
        "machine": ("client_secret_basic", ["client_credentials"]),
        "device": ("none", ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]),
        "api": ("client_secret_basic", []),
    }[kind]
    assert (row.token_endpoint_auth_method, row.grant_types) == expected
    assert row.response_types == (["code"] if redirects else [])
    assert (secret is not None) is (expected[0] != "none")
    assert row.require_pkce
    assert not row.first_party
    assert clients.find_client(row.id).is_public is (expected[0] == "none")


@pytest.mark.parametrize("kind", ["", "WEB", "server", "none", "web "])
def test_unknown_types_are_refused(kind):
    if kind:
        refused("type", type=kind)
    assert clean(web(type=None))["type"] == "web"


def test_t15_a_public_app_has_no_secret_and_cannot_shed_pkce(context):
    _row, secret = clients.create_client(
        name="x", type="web", redirect_uris=[CALLBACK], token_endpoint_auth_method="none"
    )
    assert secret is None
    refused("require_pkce", token_endpoint_auth_method="none", require_pkce=False)
    assert clean(web(require_pkce=False))["require_pkce"] is False


@pytest.mark.parametrize(("field", "changes"), [
    ("token_endpoint_auth_method", {"type": "spa", "token_endpoint_auth_method": "client_secret_basic"}),
    ("token_endpoint_auth_method", {"type": "native", "token_endpoint_auth_method": "client_secret_post"}),
    ("token_endpoint_auth_method", {"type": "api", "redirect_uris": [], "token_endpoint_auth_method": "none"}),
    ("grant_types", {"type": "machine", "redirect_uris": [], "token_endpoint_auth_method": "none"}),
    ("grant_types", {"token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "client_credentials"]}),
    ("redirect_uris", {"type": "machine"}), ("redirect_uris", {"type": "api"}), ("redirect_uris", {"type": "device"}),
    ("grant_types", {"type": "machine", "redirect_uris": [], "grant_types": ["refresh_token"]}),
    ("grant_types", {"grant_types": ["password"]}), ("grant_types", {"grant_types": ["implicit"]}),
    ("grant_types", {"grant_types": ["urn:unknown"]}), ("grant_types", {"grant_types": ["refresh_token"]}),
    ("token_endpoint_auth_method", {"token_endpoint_auth_method": "client_secret_jwt"}),
    ("token_endpoint_auth_method", {"token_endpoint_auth_method": "tls_client_auth"}),
    ("jwks", {"token_endpoint_auth_method": "private_key_jwt"}),
    ("jwks", {"jwks": {"keys": [PUBLIC]}, "jwks_uri": "https://rp.example.com/jwks"}),
    ("access_lifetime", {"access_lifetime": 59}), ("access_lifetime", {"access_lifetime": 86_401}),
    ("access_lifetime", {"access_lifetime": True}), ("default_max_age", {"default_max_age": -1}),
    ("name", {"name": ""}), ("name", {"name": " \u200b "}), ("name", {"name": "x" * 121}), ("name", {"name": None}),
    ("first_party", {"first_party": "yes"}), ("require_pkce", {"require_pkce": 0}),
])  # fmt: skip
def test_rules_between_fields(field, changes):
    if field == "grant_types" and changes.get("type") == "machine" and "token_endpoint_auth_method" in changes:
        with pytest.raises(InvalidMetadata):
            clean(web(**changes))
        return
    refused(field, **changes)


@pytest.mark.parametrize(
    "scope", ['a"b', "a\\b", "a\tb", "a\nb", "\u00e9", "a" * 121, "a\x7f", " ".join(f"s{n}" for n in range(201))]
)
def test_scopes_that_are_no_scopes_are_refused(scope):
    refused("scopes", scopes=scope)


def test_scopes_are_taken_as_text_or_list_each_once():
    assert clean(web(scopes="openid email openid"))["scopes"] == ["openid", "email"]
    assert clean(web(scopes=["a", "b", "a"]))["scopes"] == ["a", "b"]
    assert clean(web(scopes=""))["scopes"] == []
    assert clean(web())["scopes"] == ["openid", "profile", "email"]


@pytest.mark.parametrize("name", ["Shop \u202egnp.exe", "Sh\u200bop", "Shop\r\nBcc: x@example.com", "\u2066Shop"])
def test_dc09_names_lose_what_deceives(name):
    kept = clean(web(name=name))["name"]
    assert kept.isprintable()
    assert not {"\u202e", "\u200b", "\r", "\n", "\u2066"} & set(kept)


def key_sets():
    rsa = RSAKey.generate_key(2048)
    yield "private", {"keys": [KEY.as_dict(private=True)]}
    yield "private rsa", {"keys": [rsa.as_dict(private=True)]}
    yield "symmetric", {"keys": [OctKey.generate_key(256).as_dict(private=True)]}
    yield "symmetric public", {"keys": [{"kty": "oct", "kid": "x"}]}
    yield "public with a private part", {"keys": [{**PUBLIC, "d": "AAAA"}]}
    yield "public with k", {"keys": [{**PUBLIC, "k": "AAAA"}]}
    yield "short rsa", {"keys": [{"kty": "RSA", "e": "AQAB", "n": "u" * 86}]}
    yield "endless rsa", {"keys": [{"kty": "RSA", "e": "AQAB", "n": "u" * 5000}]}
    yield "bitcoin curve", {"keys": [{**PUBLIC, "crv": "secp256k1"}]}
    yield "off the curve", {"keys": [{**PUBLIC, "x": PUBLIC["y"], "y": PUBLIC["x"]}]}
    yield "exchange curve", {"keys": [OKPKey.generate_key("X25519").as_dict(private=False)]}
    yield "no keys", {"keys": []}
    yield "a thousand keys", {"keys": [PUBLIC] * 1000}
    yield "no list", {"keys": PUBLIC}
    yield "bare key", PUBLIC
    yield "list", [PUBLIC]
    yield "texts", {"keys": ["x"]}
    yield "number as id", {"keys": [{**PUBLIC, "kid": 7}]}
    yield "huge member", {"keys": [{**PUBLIC, "x5c": ["A" * 10_000]}]}
    yield "unknown type", {"keys": [{"kty": "XYZ"}]}
    yield "nothing in it", {"keys": [{}]}


@pytest.mark.parametrize("jwks", [value for _name, value in key_sets()], ids=[name for name, _value in key_sets()])
def test_dc03_only_public_keys_of_fit_kinds_and_sizes_are_taken(jwks):
    refused("jwks", token_endpoint_auth_method="private_key_jwt", jwks=jwks)


def test_fit_keys_are_taken():
    keys = [
        PUBLIC, RSAKey.generate_key(2048).as_dict(private=False), OKPKey.generate_key("Ed25519").as_dict(private=False),
        ECKey.generate_key("P-384").as_dict(private=False),
    ]  # fmt: skip
    cleaned = clean(web(token_endpoint_auth_method="private_key_jwt", jwks={"keys": keys}))
    assert cleaned["jwks"] == {"keys": keys}


def test_dc03_no_registration_name_reaches_what_only_an_administrator_sets(context):
    row, _secret = clients.create_client(**from_registration({"client_name": "x", "redirect_uris": [CALLBACK]}))
    assert (row.first_party, row.require_pkce, row.allowed_roles, row.allowed_apis) == (False, True, [], [])
    assert row.id not in ISSUER
