"""An API that takes access tokens: of the provider it knows the address, and asks only for its public keys."""

import os
from typing import Any

import requests
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ISSUER = os.environ.get("DEMO_ISSUER", "http://localhost:8000")
AUDIENCE = os.environ.get("DEMO_API", "http://127.0.0.1:8001/api")
ALGORITHMS = ["RS256", "ES256"]
known: dict[str, KeySet] = {}
blueprint = Blueprint("api", __name__)


@blueprint.get("/articles")
def read() -> ResponseReturnValue:
    return guarded("articles:read", {"articles": ["Cookies ignore ports", "A code works once"]})


@blueprint.post("/articles")
def publish() -> ResponseReturnValue:
    return guarded("articles:publish", {"published": "A new article"})


def guarded(scope: str, body: dict[str, Any]) -> ResponseReturnValue:
    """Answer only to a token of our provider, for us, with the scope (RFC 6750 §3.1)."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        claims = verify(token)
    except (JoseError, ValueError) as error:
        challenge = 'Bearer error="invalid_token"' if token else "Bearer"
        return jsonify(error=str(error)), 401, {"WWW-Authenticate": challenge}
    if scope not in claims.get("scope", "").split():
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        return jsonify(error=f"the token lacks {scope}"), 403, {"WWW-Authenticate": challenge}
    return jsonify(body | {"asked by": claims["sub"]})


def verify(token: str) -> dict[str, Any]:
    """Check an access token and return its claims (RFC 9068 §4)."""
    try:
        decoded = jwt.decode(token, known.get("keys") or load_keys(), algorithms=ALGORITHMS)
    except InvalidKeyIdError:  # a key that was not there when we looked last
        decoded = jwt.decode(token, load_keys(), algorithms=ALGORITHMS)
    if decoded.header.get("typ") != "at+jwt":
        raise ValueError("this is not an access token")
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}
    ).validate(decoded.claims)
    return decoded.claims


def load_keys() -> KeySet:
    metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
    known["keys"] = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    return known["keys"]
