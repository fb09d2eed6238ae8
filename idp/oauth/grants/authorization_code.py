"""Redeem an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5, OIDC Core §3.1.3)."""

import re
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from idp.core.secrets import equal
from idp.oauth.errors import Refused
from idp.oauth.grants.base import BackChannelGrant
from idp.oauth.refusing.refusals import CODE_REDIRECT, CODE_VERIFIER
from idp.oauth.tokens import store
from idp.oauth.tokens.audience import choose_target
from idp.oauth.tokens.issuer import TokenIssuer

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class AuthorizationCodeGrant(BackChannelGrant):
    """The second leg of a sign-in: the app turns the code into tokens, once."""

    GRANT_TYPE = "authorization_code"

    def validate_token_request(self) -> None:
        """Spend the code, then compare; a code that fails here is dead all the same (RFC 6749 §4.1.3)."""
        code = store.consume_code(self.required("code"), self.client.id)
        if not equal(self.request.find("redirect_uri") or "", code.redirect_uri):
            raise Refused(CODE_REDIRECT, keep=True)
        self._check_verifier(code.code_challenge)
        # A code lives a minute: whoever was signed out or had the password reset within it gets nothing.
        self.grant = self.usable_grant(code.grant_id, session_needed=True)

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Issue what the person allowed, as far as it may still be given (RFC 6749 §4.1.4)."""
        grant = self.grant
        target = choose_target(
            self.client, user_id=grant.user.id, scopes=grant.scopes, resources=grant.resources,
            asked=self.request.find_all("resource"),
        )  # fmt: skip
        self.audit["scope"] = " ".join(target.scopes)
        answer = TokenIssuer().issue(self.client, target, grant=grant, nonce=grant.nonce)
        return 200, answer, self.TOKEN_RESPONSE_HEADER

    def _check_verifier(self, challenge: str | None) -> None:
        """Compare verifier and challenge; one without the other is refused too (RFC 9700 §4.8.2)."""
        verifier = self.request.find("code_verifier")
        if challenge is None and verifier is None:
            return
        fits = challenge and verifier and _VERIFIER.fullmatch(verifier)
        if not fits or not equal(create_s256_code_challenge(verifier), challenge or ""):
            raise Refused(CODE_VERIFIER, keep=True, detail="missing" if verifier is None else "does not match")
