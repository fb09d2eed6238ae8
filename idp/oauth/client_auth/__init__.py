"""Client authentication: which app is asking, proved by exactly one method (RFC 6749 §2.3).

Owns the reading and checking of credentials and the counting of failures. Does not own the clients or their secrets.
An unknown client, a wrong secret and a disabled client get the same answer after the same work.
"""

from collections.abc import Collection

from idp.clients.service import ClientInfo, find_client
from idp.core.context import context
from idp.limits.policy import CLIENT_SECRET
from idp.limits.service import take
from idp.oauth.client_auth.assertion import ASSERTION_TYPE, check_assertion
from idp.oauth.client_auth.secret import check_secret, read_basic
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import TWO_METHODS, UNKNOWN_CREDENTIALS, WRONG_METHOD
from idp.oauth.request import StrictRequest

BASIC, POST, PRIVATE_KEY, NONE = "client_secret_basic", "client_secret_post", "private_key_jwt", "none"
CONFIDENTIAL_METHODS = (BASIC, POST, PRIVATE_KEY)
METHODS = (*CONFIDENTIAL_METHODS, NONE)


def authenticate(request: StrictRequest, methods: Collection[str] = METHODS) -> ClientInfo:
    """Return the client that sent a request; raise Refused, and count the failure, when it cannot prove who it is."""
    if request.vouched_client is not None:
        return _vouched(request.vouched_client)
    request.auth_method = _presented_method(request)
    try:
        return _prove(request, request.auth_method, methods)
    except Refused:
        # Only failures count: a live client is never slowed down, and a secret of 256 bits is not guessed.
        take(CLIENT_SECRET, f"{claimed_client_id(request)}|{context().ip}")
        raise


def claimed_client_id(request: StrictRequest) -> str:
    """Return the client id a request names, proved or not; empty when it names none that can be read."""
    if claimed := request.find("client_id"):
        return claimed
    try:
        return read_basic(request.headers.get("Authorization", ""))[0][:255]
    except Refused:
        return ""


def _prove(request: StrictRequest, method: str, methods: Collection[str]) -> ClientInfo:
    client = _CHECKS[method](request)
    if client.token_endpoint_auth_method != method:
        raise Refused(UNKNOWN_CREDENTIALS if method == NONE else WRONG_METHOD, detail=f"used {method}")
    if method not in methods:
        raise Refused(UNKNOWN_CREDENTIALS, detail=f"{method} is not taken here")
    return client


def _vouched(client: ClientInfo) -> ClientInfo:
    """Return a client this process vouches for, as it is now; one that is turned off asks for nothing either."""
    present = find_client(client.id)
    if present is None or not present.is_enabled:
        raise Refused(UNKNOWN_CREDENTIALS, detail="unknown or disabled client")
    return present


def _presented_method(request: StrictRequest) -> str:
    """Tell which method a request uses; "more than one method ... MUST NOT" (RFC 6749 §2.3)."""
    present = [
        method
        for method, used in (
            (BASIC, "Authorization" in request.headers),
            (POST, request.find("client_secret") is not None),
            (PRIVATE_KEY, request.find("client_assertion") or request.find("client_assertion_type")),
        )
        if used
    ]
    if len(present) > 1:
        raise Refused(TWO_METHODS, detail=" ".join(present))
    return present[0] if present else NONE


def _check_basic(request: StrictRequest) -> ClientInfo:
    client_id, secret = read_basic(request.headers.get("Authorization", ""))
    if request.find("client_id") not in {None, client_id}:
        raise Refused(TWO_METHODS, detail="client_id of header and body differ")
    return check_secret(client_id, secret)


def _check_post(request: StrictRequest) -> ClientInfo:
    return check_secret(_client_id(request), request.find("client_secret") or "")


def _check_private_key(request: StrictRequest) -> ClientInfo:
    if request.find("client_assertion_type") != ASSERTION_TYPE:
        raise Refused(UNKNOWN_CREDENTIALS, detail="client_assertion_type")
    return check_assertion(request.find("client_assertion") or "", request.find("client_id"), request.uri)


def _check_none(request: StrictRequest) -> ClientInfo:
    client = find_client(_client_id(request))
    if client is None or not client.is_enabled:
        raise Refused(UNKNOWN_CREDENTIALS, detail="unknown or disabled client")
    return client


def _client_id(request: StrictRequest) -> str:
    client_id = request.find("client_id")
    if client_id is None:
        raise Refused(UNKNOWN_CREDENTIALS, detail="no credentials")
    return client_id


_CHECKS = {BASIC: _check_basic, POST: _check_post, PRIVATE_KEY: _check_private_key, NONE: _check_none}
