"""Walk through the endpoints as an app would, inside this process, and write down what each one said.

The app need not prove itself: it is vouched for. That is why no token is ever handed out of a walk, and why it always
ends with the revocation of everything it was given.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.clients.service import ClientInfo
from idp.core.clock import now
from idp.oauth.oversight import inspection
from idp.oauth.request import StrictRequest
from idp.oauth.server import server
from idp.oauth.tokens.revoke import revoke_grants
from idp.oauth.trials.request import ONE_TIME

TOKEN, USERINFO = "/oauth/token", "/oauth/userinfo"
INTROSPECT, REVOKE, DEVICE = "/oauth/introspect", "/oauth/revoke", "/oauth/device_authorization"
_ENDPOINTS = {USERINFO: "userinfo", INTROSPECT: "introspection", REVOKE: "revocation", DEVICE: "device_authorization"}
_SECRET = ("access_token", "refresh_token", "id_token", "device_code")
_HIDDEN = "…"


@dataclass(frozen=True)
class Leg:
    """One call, and its answer without tokens."""

    title: Any
    method: str
    path: str
    status: int
    milliseconds: float | None
    answer: dict[str, Any]
    asked: tuple[tuple[str, str], ...] = ()
    """The parameters that were sent, without those that work once."""
    at: datetime = field(default_factory=now)
    goes_to: str = ""
    """Where the answer sends the browser, when it does."""

    @property
    def is_good(self) -> bool:
        """Whether it did what it is for."""
        return self.status < 400


@dataclass
class Walk:
    """A walk on behalf of one app: its legs, and what its tokens say."""

    client: ClientInfo
    legs: list[Leg] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    """The tokens themselves, for the checks that follow; they are dead by then, and shown to nobody."""
    said: dict[str, inspection.Inspection] = field(default_factory=dict)
    """What access token and ID token said while they were good."""
    userinfo: dict[str, Any] | None = None
    is_foreign: bool = False
    """Whether somebody else than the administrator allowed it: then nothing of it is shown."""

    def call(self, title: Any, path: str, form: Iterable[tuple[str, str]] = (), *, bearer: str = "") -> dict[str, Any]:
        """Make one call; return the answer as it came."""
        form, at = list(form), now()
        request = StrictRequest.inside(path, form, client=None if bearer else self.client, bearer=bearer)
        started = time.perf_counter()
        if path == TOKEN:
            response = server().create_token_response(request)
        else:
            response = server().create_endpoint_response(_ENDPOINTS[path], request)
        spent = (time.perf_counter() - started) * 1000
        answer: dict[str, Any] = response.get_json(silent=True) or {}
        method = "GET" if path == USERINFO else "POST"
        asked = tuple((name, _HIDDEN if name in ONE_TIME else value) for name, value in form)
        told = _without_tokens(answer)
        self.legs.append(Leg(title, method, path, response.status_code, spent, told, asked, at))
        return answer


def ask_for_device(walk: Walk, form: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Ask for the codes of a device; return the answer with both."""
    return walk.call(_l("The device asks for its codes"), DEVICE, form)


def redeem(walk: Walk, form: Iterable[tuple[str, str]], *, user_id: str | None) -> bool:
    """Ask for tokens and, when they come, walk on to their end; return whether they came.

    `user_id` is the only person whose tokens may be looked into; None where no person is behind them.
    """
    answer = walk.call(_l("Tokens"), TOKEN, form)
    if "access_token" not in answer:
        return False
    walk.tokens = {name: answer[name] for name in _SECRET if name in answer}
    try:
        walk.is_foreign = inspection.inspect(walk.tokens["access_token"]).user_id != user_id
        if not walk.is_foreign:
            _look(walk)
    finally:
        _end(walk)
    return True


def _look(walk: Walk) -> None:
    """Use the tokens for what they are for."""
    access = walk.tokens["access_token"]
    signed = [name for name in ("id_token", "access_token") if name in walk.tokens]
    walk.said = {name: inspection.inspect(walk.tokens[name]) for name in signed}
    if "id_token" in walk.tokens:
        walk.userinfo = walk.call(_l("Who it is"), USERINFO, bearer=access)
    walk.call(_l("Introspection, before the revocation"), INTROSPECT, [("token", access)])
    if "refresh_token" in walk.tokens:
        form = [("grant_type", "refresh_token"), ("refresh_token", walk.tokens["refresh_token"])]
        newer = walk.call(_l("Refresh"), TOKEN, form)
        walk.tokens["refresh_token"] = newer.get("refresh_token", walk.tokens["refresh_token"])


def _end(walk: Walk) -> None:
    """Give everything back; what the endpoint would leave alive is ended without it."""
    access = walk.tokens["access_token"]
    grant_id = inspection.inspect(access).grant_id
    try:
        walk.call(_l("Revocation"), REVOKE, [("token", walk.tokens.get("refresh_token", access))])
        if not walk.is_foreign:
            walk.call(_l("Introspection, after the revocation"), INTROSPECT, [("token", access)])
    finally:
        if grant_id is not None:
            revoke_grants("end of a trial", grant_id=grant_id)


def _without_tokens(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: _HIDDEN if name in _SECRET else value for name, value in answer.items()}
