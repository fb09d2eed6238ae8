"""Sessions on HTTP: whose request this is, the cookie, and the way to the sign-in page."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Request, Response, g, jsonify, make_response, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from idp.accounts.models import User
from idp.accounts.service import get_user
from idp.core.clock import now
from idp.core.context import context, set_context
from idp.core.db import transaction
from idp.core.extensions import login_manager
from idp.core.http import allow_form_action, browser_id, clear_cookie, read_cookie, render, see_other, set_cookie
from idp.core.settings import settings
from idp.sessions import browser_accounts, interactions, service
from idp.sessions.errors import SessionIsOver
from idp.sessions.models import Interaction, Session

_ONE_FACTOR = "1"
_NOT_HELD = re.compile(r"(\w+_)?(password|code|secret|token)")
"""Names of fields that are typed anew: they must not lie about. A setting such as `tokens.code` is no secret."""
_LONGEST_HELD = 64 * 1024
"""Characters: as much as a form may have."""


def load_person(incoming: Request) -> User | None:
    """Return the person of a request, for Flask-Login; a session that is over is ended on the way."""
    del incoming
    found = _find_session()
    if isinstance(found, service.Lapse):
        g.session_lapse = found
        if found.session.ended_at is None:
            service.end(found.session.id, found.reason)
        return None
    if found is None:
        return None
    session, user = found
    service.touch(session)
    _adopt(session, user)
    return user


def current_session() -> Session | None:
    """Return the live session of the present request, or None."""
    return g.get("person_session") if current_user.is_authenticated else None


def get_session() -> Session:
    """Return the live session of the present request; raise SessionIsOver."""
    session = current_session()
    if session is None:
        raise SessionIsOver
    return session


def get_person() -> User:
    """Return the person of the present request; raise SessionIsOver."""
    user: User = current_user._get_current_object()  # noqa: SLF001 - how Werkzeug's proxies give what is behind them
    if not user.is_authenticated:
        raise SessionIsOver
    return user


def current_lapse() -> service.Lapse | None:
    """Return the session this browser had until it ran out of time or was ended, or None."""
    return None if current_user.is_authenticated else g.get("session_lapse")


def sign_in(
    user: User, *, amr: list[str], acr: str, remember: bool | None, auth_time: datetime | None = None
) -> Session:
    """Sign a person in on this browser and send the new cookie.

    Their own live session goes on under its id; somebody else's waits. `remember` None leaves it as it is.
    """
    before, auth_time = current_session(), auth_time or now()
    with transaction():
        if before is not None and before.user_id == user.id:
            value = service.rotate(before, amr=amr, acr=acr, auth_time=auth_time, remember=remember)
            session = before
        else:
            browser_accounts.make_room(user.id)
            value, session = service.begin_session(
                user.id, amr=amr, acr=acr, remember=bool(remember), auth_time=auth_time
            )
    _send_cookie(value, session)
    _adopt(session, user)
    g._login_user = user  # noqa: SLF001 - where Flask-Login keeps the person of a request
    return session


def switch_to(session_id: str) -> Session:
    """Go on as another account of this browser, with a new cookie; raise UnknownSession, SessionIsOver."""
    with transaction():
        session = browser_accounts.take(session_id)
        value = service.rotate(session)
    user = get_user(session.user_id)
    _send_cookie(value, session)
    _adopt(session, user)
    g._login_user = user  # noqa: SLF001 - where Flask-Login keeps the person of a request
    return session


def rotate_current(*, amr: list[str] | None = None, acr: str | None = None) -> None:
    """Give the session of this request a new cookie, because what protects it has changed (ASVS 7.2.4).

    `amr` and `acr` are the methods it rests on now, when one more was proved.
    """
    session = current_session()
    if session is not None:
        _send_cookie(service.rotate(session, amr=amr, acr=acr), session)


def sign_out(reason: str = "signed_out") -> None:
    """End the session of this request, and take the cookie back with the response."""
    session = current_session()
    if session is not None:
        service.end(session.id, reason)
    g.new_session_cookie = ""
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001 - as above
    set_context(replace(context(), actor="anonymous", session_id=None))


def send_session_cookie(response: Response) -> Response:
    """Send or take back the cookie, when this request changed it."""
    value = g.get("new_session_cookie")
    if value:
        set_cookie(response, "session", value, max_age=g.get("session_cookie_seconds"))
    elif value == "":
        clear_cookie(response, "session")
    if "new_accounts" in g:
        _send_accounts(response, g.new_accounts)
    return response


def enter(interaction_id: str) -> Interaction:
    """Begin a page of an interaction: its language, and where its forms may end; raise InteractionExpired."""
    browser_id()
    interaction = interactions.get(interaction_id)
    if interaction.ui_locales:
        g.ui_locales = interaction.ui_locales
    if interaction.redirect_origin:
        allow_form_action(interaction.redirect_origin)
    return interaction


def is_fresh(within: timedelta | None = None) -> bool:
    """Tell whether the person proved who they are a short while ago, with all that their account asks (ASVS 7.5.1).

    A browser that was let off the second step is asked for it here.
    """
    session = current_session()
    if session is None or session.auth_time <= now() - (within or settings().sessions.sudo):
        return False
    return session.acr > _ONE_FACTOR or not get_person().has_second_step


def to_sign_in() -> Response:
    """Send a stranger to the sign-in page, and a script to nowhere."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return make_response(jsonify(signed_in=False), 401)
    here = request.full_path.removesuffix("?") if request.method == "GET" else None
    return see_other(url_for("authn.login", next=here))


def to_reauthentication(says: Any, go_on: Any, back: str, within: timedelta | None = None) -> Response:
    """Ask who it is; what was posted is held, to be shown again and never done by itself.

    `within` is how fresh the sign-in must be, where that is not the rule of the house.
    """
    held: dict[str, Any] = {"says": str(says), "go_on": str(go_on), "back": url_for(back)}
    if within is not None:
        held["within"] = int(within.total_seconds())
    return_to = request.full_path.removesuffix("?")
    if request.method != "GET":
        held |= {"action": return_to, "fields": _held_fields(request.form)}
    browser_id()
    with transaction():
        interaction = interactions.start(return_to=return_to, payload=held, user_id=current_user.id)
        if "action" in held:
            interaction.return_to = url_for("authn.held", flow=interaction.id)
    return see_other(url_for("authn.reauth", flow=interaction.id))


def expired_page(_error: Exception) -> Response:
    """Answer for an interaction that is over."""
    return render("errors/expired.html", 410, request_id=g.get("request_id", ""))


def time_left(*, prolong: bool) -> Response:
    """Answer a script with the seconds the session goes on without activity."""
    session = current_session() if prolong else _peek()
    if session is None:
        return make_response(jsonify(signed_in=False), 401)
    if prolong:
        service.touch(session, every=0)
    return jsonify(signed_in=True, expires_in=max(0, int((session.idle_expires_at - now()) / timedelta(seconds=1))))


def _peek() -> Session | None:
    """Look at the session without using it."""
    found = _find_session()
    return found[0] if found is not None and not isinstance(found, service.Lapse) else None


def _find_session() -> tuple[Session, User] | service.Lapse | None:
    value = read_cookie("session")
    return service.find_by_cookie(value) if value and len(value) <= service.LONGEST_COOKIE else None


def _adopt(session: Session, user: User) -> None:
    g.person_session = session
    g.person_locale, g.person_zone = user.locale, user.zoneinfo
    set_context(replace(context(), actor=f"user:{user.id}", session_id=session.id))


def _send_cookie(value: str, session: Session) -> None:
    g.new_session_cookie = value
    g.session_cookie_seconds = int(settings().sessions.remember.total_seconds()) if session.remember else None


def _send_accounts(response: Response, values: tuple[str, ...]) -> None:
    if not values:
        clear_cookie(response, browser_accounts.COOKIE)
        return
    seconds = int(settings().sessions.remember.total_seconds())
    set_cookie(response, browser_accounts.COOKIE, ".".join(values), max_age=seconds)


def _held_fields(form: MultiDict[str, str]) -> list[list[str]]:
    fields = [[name, value] for name, value in form.items(multi=True) if not _NOT_HELD.fullmatch(name)]
    return fields if sum(len(name) + len(value) for name, value in fields) <= _LONGEST_HELD else []
