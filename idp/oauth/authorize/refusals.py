"""The rows of the authorization endpoint: what it refuses, and how to put it right."""

from idp.oauth.errors import refusal

# Client and address: answered by a page, never by a redirect (RFC 6749 §4.1.2.1).
CLIENT_MISSING = refusal(
    "client-missing", "invalid_request", "The request names no client.",
    cause="client_id is absent, empty, given twice or too long.",
    fix="Send the client_id of the registered app, once.",
)  # fmt: skip
CLIENT_UNKNOWN = refusal(
    "client", "invalid_request", "The request names a client that this server does not know.",
    cause="client_id belongs to no registered app, or the app is turned off.",
    fix="Compare client_id with the app's registration.",
)  # fmt: skip
REDIRECT_MISSING = refusal(
    "redirect-missing", "invalid_request", "The request has no redirect_uri, or more than one.",
    cause="redirect_uri is absent, empty, given twice or too long. No address is guessed, even when only one is "
    "registered.",
    fix="Send the registered redirect_uri in every authorization request, once.",
)  # fmt: skip
REDIRECT_UNKNOWN = refusal(
    "redirect-uri", "invalid_request", "The redirect_uri is not registered for this client.",
    cause="redirect_uri differs from every registered address of the app, be it by one character.",
    fix="Register the address exactly as the app sends it, or the other way round.",
)  # fmt: skip

# The request as such (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6).
RESPONSE_TYPE = refusal(
    "response-type", "unsupported_response_type", "This server answers response_type=code only.",
    cause="response_type asks for tokens from the authorization endpoint, or is misspelt.",
    fix="Use response_type=code with PKCE.",
)  # fmt: skip
CODE_NOT_ALLOWED = refusal(
    "code-not-allowed", "unauthorized_client", "This client is not registered for the authorization code grant.",
    cause="The client's grant_types or response_types do not hold the authorization code.",
    fix="Add the grant to the client if people are meant to sign in to it.",
)  # fmt: skip
RESPONSE_MODE = refusal(
    "response-mode", "invalid_request", "The response_mode is unknown, turned off, or does not fit the redirect_uri.",
    cause="response_mode is none of those in the discovery document, or form_post with an address that is not http.",
    fix="Leave response_mode out, or use one that the discovery document lists.",
)  # fmt: skip
REQUEST_OBJECT = refusal(
    "request-object", "request_not_supported", "Request objects are not supported.",
    cause="The parameter `request` was sent (OIDC Core §6.1).",
    fix="Send the parameters themselves.",
)  # fmt: skip
REQUEST_URI = refusal(
    "request-uri", "request_uri_not_supported", "Request objects by reference are not supported.",
    cause="The parameter `request_uri` was sent (OIDC Core §6.2).",
    fix="Send the parameters themselves.",
)  # fmt: skip
REGISTRATION = refusal(
    "registration", "registration_not_supported", "The registration parameter is not supported.",
    cause="The parameter `registration` was sent (OIDC Core §7.2.1).",
    fix="Register the app first.",
)  # fmt: skip
SCOPE_MISSING = refusal(
    "scope-missing", "invalid_scope", "The request has no scope.",
    cause="scope is absent or empty, and no default is guessed (RFC 6749 §3.3).",
    fix="Send scope, for a sign-in at least `openid`.",
)  # fmt: skip
PKCE_MISSING = refusal(
    "pkce-missing", "invalid_request", "A code_challenge is required (PKCE, S256).",
    cause="The authorization request has no code_challenge.",
    fix="Make a random code_verifier and send BASE64URL(SHA256(code_verifier)) as code_challenge with "
    "code_challenge_method=S256. Every maintained client library can do it.",
)  # fmt: skip
PKCE_METHOD = refusal(
    "pkce-method", "invalid_request", "code_challenge_method must be S256, and code_challenge its 43 characters.",
    cause="The method is `plain`, absent or unknown, or the challenge is not a base64url SHA-256.",
    fix="Send code_challenge_method=S256; a request without it means `plain`, which protects nothing.",
)  # fmt: skip
PROMPT = refusal(
    "prompt", "invalid_request", "The prompt is unknown, or its values cannot go together.",
    cause="prompt has an unknown value, or `none` beside another, or `create` beside `login` or `select_account`.",
    fix="Use the values of prompt_values_supported in the discovery document; `none` stands alone.",
)  # fmt: skip
DISPLAY = refusal(
    "display", "invalid_request", "The display value is unknown.",
    cause="display is none of page, popup, touch, wap (OIDC Core §3.1.2.1).",
    fix="Leave display out.",
)  # fmt: skip
MAX_AGE = refusal(
    "max-age", "invalid_request", "max_age must be a number of seconds, zero or more.",
    cause="max_age is not a whole number, negative, or beyond reason.",
    fix="Send the seconds as digits.",
)  # fmt: skip
CLAIMS = refusal(
    "claims", "invalid_request", "The claims parameter is not a JSON object as OIDC Core 5.5 describes it.",
    cause="claims is not JSON, or `userinfo` or `id_token` in it is not an object of claim requests.",
    fix="Compare the parameter with OIDC Core §5.5; encode it once.",
)  # fmt: skip
HINT = refusal(
    "id-token-hint", "invalid_request", "The id_token_hint is not an ID token that was issued to this client.",
    cause="The hint is not signed by this server, is another kind of token, or was issued to another client.",
    fix="Send the newest ID token of the person, or leave the hint out. An expired one is fine.",
)  # fmt: skip

# What the person, or the absence of one, answers (OIDC Core §3.1.2.6).
LOGIN_REQUIRED = refusal(
    "none", "login_required", "Nobody is signed in as this request needs it.",
    cause="prompt=none, and no one is signed in, the sign-in is older than max_age, or it is another person.",
    fix="Send the person through the authorization endpoint without prompt=none.",
)  # fmt: skip
CONSENT_REQUIRED = refusal(
    "none", "consent_required", "The person has not allowed this yet.",
    cause="prompt=none, and the app asks for more than the person has allowed it before.",
    fix="Send the person through the authorization endpoint without prompt=none.",
)  # fmt: skip
OTHER_PERSON = refusal(
    "person", "login_required", "Another person signed in than the request asked for.",
    cause="The person named by id_token_hint, or by the claims parameter, did not sign in.",
    fix="Leave the hint out when any person will do.",
)  # fmt: skip
ACR_UNMET = refusal(
    "acr", "unmet_authentication_requirements", "The person could not sign in as strongly as the request requires.",
    cause="The claims parameter asks for an essential acr that the account cannot reach.",
    fix="Ask for an acr of acr_values_supported, or make it voluntary.",
)  # fmt: skip
DENIED = refusal(
    "person", "access_denied", "The person did not allow it.",
    cause="The person pressed the button that says no.",
    fix="Offer another way on, and ask again only when the person wants it.",
)  # fmt: skip
NOT_FOR_THIS_ACCOUNT = refusal(
    "account", "access_denied", "This account may not use this app. Ask the administrator of the app for access.",
    cause="The app is limited to roles that the account does not have, or the account was turned off meanwhile.",
    fix="Give the account one of the app's roles.",
)  # fmt: skip
NOTHING_TO_GRANT = refusal(
    "nothing", "access_denied", "This account has none of the rights the app asks for.",
    cause="Every scope asked for is a permission that the account does not have.",
    fix="Give the account a role with these permissions.",
)  # fmt: skip
