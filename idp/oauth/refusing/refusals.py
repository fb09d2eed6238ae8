"""The rows of the back channel: what the token endpoint and its neighbours refuse, and how to put it right."""

from idp.oauth.errors import refusal

# The request as such (RFC 6749 §3.2, §5.2).
NOT_A_FORM = refusal(
    "not-a-form", "invalid_request", "Send the parameters as application/x-www-form-urlencoded in the body.",
    cause="The body has another content type, or none.",
    fix="Send a POST with `Content-Type: application/x-www-form-urlencoded`.",
)  # fmt: skip
UNREADABLE = refusal(
    "unreadable", "invalid_request", "The parameters are not readable UTF-8, or hold a NUL character.",
    cause="A parameter is not valid UTF-8 after percent-decoding, holds a NUL character, or there are too many.",
    fix="Encode every parameter as UTF-8, then as form data.",
)  # fmt: skip
REPEATED = refusal(
    "repeated", "invalid_request", "A parameter is given more than once.",
    cause="A parameter other than `resource` appears twice (RFC 6749 §3.1).",
    fix="Send every parameter once.",
)  # fmt: skip
TOO_LONG = refusal(
    "too-long", "invalid_request", "A parameter is longer than this server takes.",
    cause="A value is beyond the bound for its parameter, or `resource` appears too often.",
    fix="Look for a value that grew by accident; the bounds stand in the endpoint's reference.",
)  # fmt: skip
MISSING = refusal(
    "missing", "invalid_request", "A required parameter is missing.",
    cause="A parameter that this grant or endpoint needs is absent or empty.",
    fix="Compare your request with the endpoint's reference.",
)  # fmt: skip

# Who asks (RFC 6749 §2.3, §5.2).
TWO_METHODS = refusal(
    "two-methods", "invalid_request", "Use one way of client authentication in a request, not two.",
    cause="The request carries credentials in more than one place (RFC 6749 §2.3).",
    fix="Send either the Authorization header, or client_secret, or client_assertion.",
)  # fmt: skip
UNKNOWN_CREDENTIALS = refusal(
    "credentials", "invalid_client", "Client authentication failed.", status=401,
    cause="The client is unknown or disabled, or its secret or assertion is wrong, expired or used before. The answer "
    "does not tell which.",
    fix="Check client_id and secret; look at the audit log of the server for the reason.",
)  # fmt: skip
WRONG_METHOD = refusal(
    "method", "invalid_client", "The credentials are right, but this client is registered for another "
    "token_endpoint_auth_method.", status=401,
    cause="A client that is registered for `client_secret_basic` sent its secret in the body, or the other way round.",
    fix="Use the registered method, or register the one you use.",
)  # fmt: skip

# Which grant (RFC 6749 §5.2).
UNSUPPORTED_GRANT = refusal(
    "grant-type", "unsupported_grant_type", "This server does not know this grant_type, or it is turned off.",
    cause="grant_type names a grant that is not offered; see grant_types_supported in the discovery document.",
    fix="Use a grant that is offered, or turn its feature on.",
)  # fmt: skip
GRANT_NOT_ALLOWED = refusal(
    "grant-not-allowed", "unauthorized_client", "This client is not registered for this grant_type.",
    cause="The client's grant_types do not hold the grant it used.",
    fix="Add the grant to the client if it is meant to use it.",
)  # fmt: skip

# The authorization code (RFC 6749 §4.1.3, RFC 7636 §4.6).
CODE_UNKNOWN = refusal(
    "code", "invalid_grant", "The code is unknown, or was issued to another client.",
    cause="The code was never issued, has been forgotten since, or belongs to another client.",
    fix="Send the code exactly as it came back, with the credentials of the client that asked for it.",
)  # fmt: skip
CODE_EXPIRED = refusal(
    "code-expired", "invalid_grant", "The code has expired; redeem it within a minute.",
    cause="More time passed than a code lives (tokens.code).",
    fix="Redeem the code at once; start again with a new authorization request.",
)  # fmt: skip
CODE_USED = refusal(
    "code-used", "invalid_grant", "This code was used before; its tokens were revoked. Send each code once.",
    cause="The same code came twice. Somebody may have stolen it, so every token of it is dead (RFC 6749 §4.1.2).",
    fix="Don't repeat the token request on a reload; start again with a new authorization request.",
)  # fmt: skip
CODE_REDIRECT = refusal(
    "redirect-uri", "invalid_grant", "redirect_uri is not the one of the authorization request. The code is spent.",
    cause="redirect_uri differs from the authorization request, or is missing.",
    fix="Send the same redirect_uri, byte for byte, in both requests.",
)  # fmt: skip
CODE_VERIFIER = refusal(
    "pkce", "invalid_grant", "code_verifier does not match the code_challenge of the authorization request (S256). "
    "The code is spent.",
    cause="BASE64URL(SHA256(code_verifier)) is not the code_challenge, or one of the two was not sent.",
    fix="Keep the verifier with the sign-in it belongs to, and send that one.",
)  # fmt: skip

# Standing: something that was good has ended since.
GRANT_OVER = refusal(
    "grant-over", "invalid_grant", "What this was issued for has ended: the person, the app, the consent or the "
    "session is gone.",
    cause="The person signed out or was disabled, the consent was withdrawn, the password was reset, the app was "
    "disabled or may not be used by this person any more.",
    fix="Start again with a new authorization request.",
)  # fmt: skip

# Refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2).
REFRESH_UNKNOWN = refusal(
    "refresh-token", "invalid_grant", "The refresh token is unknown, or was issued to another client.",
    cause="The value is not a refresh token of this client; access tokens, ID tokens and codes are refused too.",
    fix="Send the newest refresh token with the credentials of the client it was issued to.",
)  # fmt: skip
REFRESH_EXPIRED = refusal(
    "refresh-expired", "invalid_grant", "The refresh token has expired.",
    cause="It was not used for too long (tokens.refresh_idle), or its line of tokens is too old "
    "(tokens.refresh_absolute).",
    fix="Start again with a new authorization request.",
)  # fmt: skip
REFRESH_USED = refusal(
    "refresh-used", "invalid_grant", "This refresh token was used before; all tokens of its line were revoked.",
    cause="Refresh tokens are rotated: each works once. A second use means that two parties hold it, so all tokens of "
    "the line are dead (RFC 9700 §4.14.2).",
    fix="Store the new refresh token of every answer, and let one process at a time refresh.",
)  # fmt: skip

# Scope and resource (RFC 6749 §3.3, RFC 8707 §2).
SCOPE_INVALID = refusal(
    "scope", "invalid_scope", "The scope is unknown, malformed, or not allowed for this client or person.",
    cause="None of the scopes may be granted, or the text is not a list of scope names.",
    fix="Ask for scopes the client is registered for, separated by single spaces.",
)  # fmt: skip
SCOPE_WIDER = refusal(
    "scope-wider", "invalid_scope", "The scope is wider than what was granted.",
    cause="A refresh asked for a scope that the person did not grant (RFC 6749 §6).",
    fix="Ask for less, or start again with a new authorization request.",
)  # fmt: skip
TARGET_INVALID = refusal(
    "resource", "invalid_target", "The resource is unknown, malformed, or not allowed here.",
    cause="`resource` is not the identifier of an API this client may use, or was not part of the grant.",
    fix="Use the identifier of a registered API, and allow the client to use it.",
)  # fmt: skip
TARGET_ONE = refusal(
    "resource-one", "invalid_target", "Ask for one resource a token.",
    cause="A token request named more than one `resource`; a token is made for one audience.",
    fix="Send one token request for each API.",
)  # fmt: skip

# Bearer tokens (RFC 6750 §3.1).
TOKEN_TWICE = refusal(
    "token-twice", "invalid_request", "Send the access token in one place, not in two.",
    cause="The token came in the header and in the body (RFC 6750 §2).",
    fix="Send it in the Authorization header only.",
)  # fmt: skip
TOKEN_INVALID = refusal(
    "token", "invalid_token", "The access token is malformed, expired, revoked or meant for another resource.",
    status=401,
    cause="Signature, type, life or audience of the token is wrong, or what it was issued for has ended.",
    fix="Refresh, or start again with a new authorization request.",
)  # fmt: skip
TOKEN_SCOPE = refusal(
    "token-scope", "insufficient_scope", "The access token does not carry the scope that is needed here.", status=403,
    cause="UserInfo needs the scope `openid`.",
    fix="Ask for the scope in the authorization request.",
)  # fmt: skip
