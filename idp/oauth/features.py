"""FEATURES: one row for each specification the server speaks.

A row that is off is not registered: no grant, no endpoint, no route, no word in discovery.
"""

from typing import Any

from idp.authn.acr import SUPPORTED as SUPPORTED_ACR
from idp.core.features import Feature, enabled
from idp.core.links import absolute_url
from idp.core.settings import settings
from idp.i18n.service import LANGUAGES
from idp.oauth.authorize.checks import RESOURCE_INDICATORS, prompt_values
from idp.oauth.authorize.grant import FrontChannelGrant
from idp.oauth.authorize.respond import FORM_POST_MODE, FRAGMENT, QUERY
from idp.oauth.client_auth import CONFIDENTIAL_METHODS, METHODS
from idp.oauth.client_auth.assertion import ALGORITHMS as ASSERTION_ALGORITHMS
from idp.oauth.device import views as device_views
from idp.oauth.device.endpoint import DeviceAuthorizationEndpoint
from idp.oauth.endpoints.introspection import IntrospectionEndpoint
from idp.oauth.endpoints.revocation import RevocationEndpoint
from idp.oauth.endpoints.userinfo import UserInfoEndpoint
from idp.oauth.grants.authorization_code import AuthorizationCodeGrant
from idp.oauth.grants.client_credentials import ClientCredentialsGrant
from idp.oauth.grants.device_code import DeviceCodeGrant
from idp.oauth.grants.refresh_token import RefreshTokenGrant
from idp.oauth.logout import views as logout_views
from idp.oauth.logout.backchannel import BACKCHANNEL
from idp.oauth.logout.end_session import EndSessionEndpoint
from idp.oauth.scopes import STANDARD_SCOPES
from idp.oauth.tokens.claims import STANDARD_CLAIMS

_TOKEN_CLAIMS = (
    "acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub",
    "groups", "permissions", "roles",
)  # fmt: skip


def _code() -> dict[str, Any]:
    return {
        "authorization_endpoint": absolute_url("oauth.authorize"),
        "token_endpoint": absolute_url("oauth.token"),
        "jwks_uri": absolute_url("oauth.jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": [QUERY, FRAGMENT],
        "scopes_supported": list(STANDARD_SCOPES),
        "ui_locales_supported": list(LANGUAGES),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        **_pages(),
    }


def _pages() -> dict[str, str]:
    brand = settings().brand
    pages = {"op_policy_uri": brand.privacy_url, "op_tos_uri": brand.terms_url}
    return {name: url for name, url in pages.items() if url}


def _openid() -> dict[str, Any]:
    return {
        "userinfo_endpoint": absolute_url("oauth.userinfo"),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": sorted({*STANDARD_CLAIMS, *_TOKEN_CLAIMS}),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "acr_values_supported": list(SUPPORTED_ACR),
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "prompt_values_supported": prompt_values(),
    }


def _introspection() -> dict[str, Any]:
    return {
        "introspection_endpoint": absolute_url("oauth.introspect"),
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
    }


def _revocation() -> dict[str, Any]:
    return {
        "revocation_endpoint": absolute_url("oauth.revoke"),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
    }


FEATURES: tuple[Feature, ...] = (
    Feature(
        "authorization_code", "RFC 6749", True, always=True,
        grants=(FrontChannelGrant, AuthorizationCodeGrant), client_auth=METHODS, metadata=_code,
    ),
    Feature("openid", "OpenID Connect Core 1.0", True, always=True, endpoints=(UserInfoEndpoint,), metadata=_openid),
    Feature(
        "pkce", "RFC 7636", True, always=True, metadata=lambda: {"code_challenge_methods_supported": ["S256"]}
    ),
    Feature(
        "issuer_in_answer", "RFC 9207", True, always=True,
        metadata=lambda: {"authorization_response_iss_parameter_supported": True},
    ),
    FORM_POST_MODE,
    Feature("refresh_token", "RFC 6749, RFC 9700", True, always=True, grants=(RefreshTokenGrant,)),
    Feature("client_credentials", "RFC 6749", True, grants=(ClientCredentialsGrant,)),
    Feature(
        "device_flow", "RFC 8628", True, grants=(DeviceCodeGrant,), endpoints=(DeviceAuthorizationEndpoint,),
        blueprints=(device_views.blueprint,),
        metadata=lambda: {"device_authorization_endpoint": absolute_url("device.authorize")},
    ),
    Feature("jwt_access_token", "RFC 9068", True, always=True),
    RESOURCE_INDICATORS,
    Feature(
        "introspection", "RFC 7662", True, always=True, endpoints=(IntrospectionEndpoint,), metadata=_introspection
    ),
    Feature("revocation", "RFC 7009", True, always=True, endpoints=(RevocationEndpoint,), metadata=_revocation),
    Feature(
        "rp_initiated_logout", "OpenID Connect RP-Initiated Logout 1.0", True,
        endpoints=(EndSessionEndpoint,), blueprints=(logout_views.blueprint,),
        metadata=lambda: {"end_session_endpoint": absolute_url("rp_logout.end_session")},
    ),
    BACKCHANNEL,
)  # fmt: skip
"""Every feature, in the order discovery tells them."""


def grant_types() -> list[str]:
    """Return the grant types of the features that are on."""
    named = (getattr(grant, "GRANT_TYPE", None) for row in FEATURES if enabled(row) for grant in row.grants)
    return [name for name in named if name]
