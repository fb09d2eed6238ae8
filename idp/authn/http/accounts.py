"""Choose an account: those this browser is signed in to, those it was, and another one."""

from collections.abc import Mapping

from flask import Response, url_for

from idp.authn.http.shared import carried
from idp.authn.request import Visit
from idp.core.http import render, see_other
from idp.sessions import browser_accounts, interactions
from idp.sessions import http as sessions
from idp.sessions.browser_accounts import Account
from idp.sessions.errors import SessionIsOver, UnknownSession


def address(visit: Visit) -> str:
    """Return the address of the chooser in a visit."""
    return url_for("authn.accounts", flow=visit.flow, next=visit.next)


def show(visit: Visit) -> Response:
    """List the accounts; a browser that knows none goes to the sign-in page."""
    accounts = _list(visit)
    if not accounts:
        return see_other(_sign_in(visit))
    return render("auth/accounts.html", accounts=accounts, other_url=_sign_in(visit), **carried(visit))


def answer(visit: Visit, form: Mapping[str, str]) -> Response:
    """Go on with the account that was chosen, or take one off the list."""
    if session_id := form.get("forget"):
        return _forget(visit, session_id)
    chosen = next((each for each in _list(visit) if each.session_id == form.get("account")), None)
    if chosen is None:
        return see_other(address(visit))
    if not chosen.is_live:
        return see_other(_sign_in(visit, chosen))
    if not chosen.is_current:
        try:
            sessions.switch_to(chosen.session_id)
        except (UnknownSession, SessionIsOver):
            return see_other(_sign_in(visit, chosen))
    if visit.interaction is not None:
        interactions.settle(visit.interaction.id, chosen.user_id)
    return see_other(visit.destination)


def _forget(visit: Visit, session_id: str) -> Response:
    current = sessions.current_session()
    browser_accounts.forget(session_id)
    if current is not None and current.id == session_id:
        sessions.sign_out()
    return see_other(address(visit))


def _list(visit: Visit) -> list[Account]:
    """List the accounts, the one an app hints at first."""
    hint = visit.hint.lower()
    return sorted(browser_accounts.list_accounts(), key=lambda account: account.email.lower() != hint)


def _sign_in(visit: Visit, account: Account | None = None) -> str:
    known = account.session_id if account else None
    return url_for("authn.login", flow=visit.flow, next=visit.next, switch=1, account=known)
