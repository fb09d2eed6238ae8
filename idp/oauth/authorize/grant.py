"""The front channel as Authlib sees it: one grant that takes every authorization request."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationEndpointMixin, BaseGrant

from idp.clients.service import ClientInfo, find_client
from idp.core.settings import settings
from idp.oauth.authorize import refusals as no
from idp.oauth.authorize.asked import Asked
from idp.oauth.authorize.checks import Draft, run_checks
from idp.oauth.authorize.mismatch import explain
from idp.oauth.authorize.refuse import FrontChannelRefused
from idp.oauth.authorize.respond import FORM_POST, QUERY, Answer, is_web, respond, response_modes
from idp.oauth.errors import Refused
from idp.oauth.request import StrictRequest
from idp.oauth.scopes import OFFLINE
from idp.oauth.standing import NotUsable, check_standing, is_live
from idp.oauth.tokens.store import Approval, issue_code
from idp.oauth.trials import store as trials
from idp.sessions.http import current_session


@dataclass(frozen=True)
class Approved:
    """The person who said yes, in which session, and to what."""

    user: Any
    session: Any
    scopes: list[str]
    claims: dict[str, Any]


class FrontChannelGrant(BaseGrant, AuthorizationEndpointMixin):
    """Establishes client and address, runs the checks, and issues the code once a person has approved."""

    request: StrictRequest
    asked: Asked | None = None

    @classmethod
    def check_authorization_endpoint(cls, request: StrictRequest) -> bool:
        """Take every request: an unknown response_type is refused by the checks, with the right answer."""
        del request
        return True

    @staticmethod
    def validate_no_multiple_request_parameter(request: StrictRequest) -> None:
        """Leave repeated parameters to the checks, which know whether the app may be told."""

    def validate_authorization_request(self) -> str:
        """Return the established redirect address; raise FrontChannelRefused for any fault of the request."""
        client = self.request.client = _get_client(self.request)
        redirect_uri = _get_redirect_uri(self.request, client)
        answer = _answer(self.request, client, redirect_uri)
        try:
            self.asked = run_checks(Draft(self.request, client, answer))
        except Refused as refused:
            raise FrontChannelRefused(refused.row, detail=refused.detail, client=client, answer=answer) from refused
        return redirect_uri

    def create_authorization_response(self, redirect_uri: str, grant_user: Approved | None) -> Any:
        """Issue the code and bring it to the app (RFC 6749 §4.1.2); without an approval, `access_denied`."""
        asked = self.get_asked()
        if grant_user is None:
            raise self.refused(no.DENIED)
        if not is_live(grant_user.session):
            raise self.refused(no.LOGIN_REQUIRED, detail="the session has ended meanwhile")
        self.check_person(grant_user.user)
        return respond(asked.answer, {"code": issue_code(_approval(asked, redirect_uri, grant_user))})

    def get_asked(self) -> Asked:
        """Return the request as the checks left it; raise RuntimeError before they ran."""
        if self.asked is None:
            raise RuntimeError("the request has not been checked")
        return self.asked

    def check_person(self, user: Any) -> None:
        """Raise FrontChannelRefused when app and person may not come together."""
        try:
            check_standing(client=self.get_asked().client, user=user)
        except NotUsable as over:
            raise self.refused(no.NOT_FOR_THIS_ACCOUNT, detail=over.reason) from over

    def refused(self, row: Any, *, detail: str = "") -> FrontChannelRefused:
        """Make a refusal of which the app is told."""
        asked = self.get_asked()
        return FrontChannelRefused(row, detail=detail, client=asked.client, answer=asked.answer)


def _get_client(request: StrictRequest) -> ClientInfo:
    """Return the client a request names, once and rightly; raise FrontChannelRefused."""
    client_id = _single(request, "client_id")
    if client_id is None:
        raise FrontChannelRefused(no.CLIENT_MISSING)
    client = find_client(client_id)
    if client is None or not client.is_enabled:
        raise FrontChannelRefused(no.CLIENT_UNKNOWN, detail="disabled" if client else "unknown", client=None)
    return client


def _get_redirect_uri(request: StrictRequest, client: ClientInfo) -> str:
    """Return the registered address a request names (RFC 9700 §2.1); none is ever guessed. Raises as above."""
    redirect_uri = _single(request, "redirect_uri")
    if redirect_uri is None:
        raise FrontChannelRefused(no.REDIRECT_MISSING, client=client)
    if not client.allows_redirect(redirect_uri) and not _is_trial(request, client, redirect_uri):
        known = explain(redirect_uri, client.redirect_uris) if settings().development else None
        raise FrontChannelRefused(no.REDIRECT_UNKNOWN, client=client, mismatch=known)
    return redirect_uri


def _is_trial(request: StrictRequest, client: ClientInfo, redirect_uri: str) -> bool:
    """Tell whether the console tries this client out, in the session that is signed in: one address, one trial."""
    return trials.allows_callback(_single(request, "state"), client.id, redirect_uri, current_session())


def _single(request: StrictRequest, name: str) -> str | None:
    """Return a parameter that came exactly once and within its bound, else None."""
    faulty = request.payload.repeated | request.payload.too_long
    return None if name in faulty else request.find(name)


def _answer(request: StrictRequest, client: ClientInfo, redirect_uri: str) -> Answer:
    """Decide how the app hears of the outcome, errors too, from what is sound in the request."""
    mode = _single(request, "response_mode")
    usable = mode if mode in response_modes() else QUERY
    return Answer(client.name, redirect_uri, _mode_for(redirect_uri, usable), _single(request, "state"))


def _mode_for(redirect_uri: str, mode: str) -> str:
    """Return the mode, or the default where a form cannot be posted to the address."""
    return mode if is_web(redirect_uri) or mode != FORM_POST else QUERY


def _approval(asked: Asked, redirect_uri: str, approved: Approved) -> Approval:
    session = approved.session
    return Approval(
        user_id=approved.user.id, client_id=asked.client.id, session_id=session.id, redirect_uri=redirect_uri,
        scope=" ".join(approved.scopes), auth_time=session.auth_time, acr=session.acr, amr=list(session.amr),
        code_challenge=asked.code_challenge, nonce=asked.nonce, resources=list(asked.resources),
        claims=approved.claims, offline=OFFLINE in approved.scopes,
    )  # fmt: skip
