"""A client that proves itself by signing, for the tests of `private_key_jwt`."""

import base64
import hashlib
import hmac
import json
import secrets

from joserfc import jws, jwt
from joserfc.registry import HeaderParameter

from idp.core.clock import timestamp
from tests.services import test_client

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def claims(client_id, **changes):
    """The claims of a good assertion; None takes one out."""
    values = {
        "iss": client_id, "sub": client_id, "aud": "https://id.example.com", "jti": secrets.token_hex(8),
        "iat": timestamp(), "exp": timestamp() + 60, **changes,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


class AssertingParty:
    """A machine client with a key of its own."""

    def __init__(self, app, factory, key, alg="RS256") -> None:
        self.key, self.alg, self.http = key, alg, test_client(app)
        self.client_id, _none = factory.client_with_secret(
            type="machine", redirect_uris=[], post_logout_redirect_uris=[],
            token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]},
        )  # fmt: skip

    def sign(self, values, *, key=None, alg=None, kid=..., **header):
        """Sign claims; header fields can be added."""
        key, alg = key or self.key, alg or self.alg
        header = {"alg": alg, "kid": self.key.kid if kid is ... else kid, **header}
        header = {name: value for name, value in header.items() if value is not None}
        known = {"bork": HeaderParameter("for tests of `crit`", "int")}
        registry = jws.JWSRegistry(known, algorithms=[alg], strict_check_header=False)
        return jwt.encode(header, values, key, registry=registry)

    def ask(self, assertion, **form):
        """Ask for a token with an assertion."""
        form = {
            "grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion, **form,
        }  # fmt: skip
        return self.http.post("/oauth/token", data=form)


def hmac_forgery(header, values, secret):
    """Sign claims with HMAC over whatever bytes, as a confused verifier would accept it."""
    parts = (json.dumps({**header, "alg": "HS256"}).encode(), json.dumps(values).encode())
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.new(secret, signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()
