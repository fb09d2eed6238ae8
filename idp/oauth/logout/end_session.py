"""The end_session endpoint: an app asks to sign the person out (RP-Initiated Logout 1.0 §2)."""

from dataclasses import dataclass
from typing import Any

from authlib.oidc.rpinitiated import EndSessionEndpoint as AuthlibEndSession
from authlib.oidc.rpinitiated import EndSessionRequest

from idp.clients.service import ClientInfo, find_client
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.authorize.respond import with_query
from idp.oauth.request import StrictRequest
from idp.oauth.tokens.id_token import TYPE as ID_TOKEN
from idp.sessions.http import sign_out
from idp.sessions.models import Session


@dataclass
class SignOutRequest(EndSessionRequest):
    """What an app asks, as far as it is sound; faults leave less of it, and then the person is asked."""

    return_number: int | None = None
    """Which registered address the person may be offered to go back to; no ID token need prove who asks."""

    def is_about(self, session: Session | None) -> bool:
        """Tell whether a valid hint names the session of this browser."""
        claims = self.id_token_claims
        if claims is None or session is None or claims.get("sub") != session.user_id:
            return False
        return claims.get("sid") in {None, session.id}


class EndSessionEndpoint(AuthlibEndSession):
    """Judges the request; whether the person must be asked first is the pages' decision."""

    def create_endpoint_request(self, request: Any) -> StrictRequest:
        """Read the address of a GET or the form of a POST."""
        return request if isinstance(request, StrictRequest) else StrictRequest.front_channel(request)

    def validate_request(self, request: StrictRequest) -> SignOutRequest:
        """Keep what is sound: "When the OP detects errors ... MUST NOT perform post-logout redirection" (§4)."""
        if request.payload.repeated or request.payload.too_long:
            return SignOutRequest(request=request)
        claims, is_faulty = _read_hint(request.find("id_token_hint"))
        client = None if is_faulty else _client(request.find("client_id"), claims)
        if client is None:
            return SignOutRequest(request=request)
        return SignOutRequest(
            request=request, client=client, id_token_claims=claims, ui_locales=request.find("ui_locales"),
            redirect_uri=_return_address(request, client) if claims else None,
            return_number=_return_number(request, client),
        )  # fmt: skip

    def create_response(self, validated_request: EndSessionRequest) -> tuple[int, Any, list[tuple[str, str]]] | None:
        """End the session and send the browser back to the app, where it may go there."""
        self.end_session(validated_request)
        if validated_request.redirect_uri is None:
            return None
        headers = [("Location", validated_request.redirect_uri), ("Content-Type", "text/html; charset=utf-8")]
        return 303, "", [*headers, ("Clear-Site-Data", '"cache"')]

    def end_session(self, end_session_request: EndSessionRequest) -> None:
        """End the session of this browser."""
        del end_session_request
        sign_out()


def _read_hint(hint: str | None) -> tuple[dict[str, Any] | None, bool]:
    """Return the claims of an ID token of ours, expired or not (§2), and whether what was sent is something else."""
    if hint is None:
        return None, False
    try:
        claims = keyring.verify(hint, types={ID_TOKEN}, ignore_expiry=True)
    except keyring.InvalidToken:
        return None, True
    return claims, claims.get("iss") != settings().issuer or not isinstance(claims.get("aud"), str)


def _client(client_id: str | None, claims: dict[str, Any] | None) -> ClientInfo | None:
    """Return the app that asks; "the OP MUST verify that the Client Identifier matches" the hint's (§2)."""
    issued_to = claims["aud"] if claims else None
    if client_id is not None and issued_to is not None and client_id != issued_to:
        return None
    client = find_client(client_id or issued_to or "")
    return client if client is not None and client.is_enabled else None


def _return_address(request: StrictRequest, client: ClientInfo) -> str | None:
    """Return where to go afterwards, exactly as registered, with the app's `state` (§3)."""
    uri, state = request.find("post_logout_redirect_uri"), request.find("state")
    if uri is None or not client.allows_post_logout_redirect(uri):
        return None
    return with_query(uri, {"state": state}) if state is not None else uri


def _return_number(request: StrictRequest, client: ClientInfo) -> int | None:
    uri = request.find("post_logout_redirect_uri")
    return client.post_logout_redirect_uris.index(uri) if uri in client.post_logout_redirect_uris else None
