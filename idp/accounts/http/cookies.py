"""What this browser carries between two account pages: a mailed token, and the mail it waits for."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, url_for

from idp.accounts.errors import DeadLink
from idp.core.cipher import CipherError, seal, unseal
from idp.core.clock import timestamp
from idp.core.http import clear_cookie, read_cookie, see_other, set_cookie
from idp.core.secrets import random_token
from idp.core.settings import settings

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Waiting:
    """A kind of mail that a browser can wait for."""

    cookie: str
    endpoint: str
    """The page that waits, by its URL name."""
    lifetime: Callable[[], timedelta]
    """How long its link and its code work."""

    @property
    def place(self) -> str:
        """What the cookie's seal is bound to."""
        return f"cookie:{self.cookie}"


CONFIRMATION = Waiting("pending_email", "accounts.verify", lambda: settings().accounts.verify_lifetime)


@dataclass(frozen=True)
class Pending:
    """The mail this browser waits for, the secret under which its code works here, and where it goes then."""

    email: str
    secret: str
    flow: str | None


def wait_for_mail(email: str, flow: str | None, send: Callable[[str], bool], kind: Waiting = CONFIRMATION) -> Response:
    """Let a mail go out under a new secret of this browser, and send the browser to the page that waits for it.

    When `send` says that none went out, because one just did, the code of that one still works here.
    """
    before, pending = read_pending(kind), Pending(email.strip(), random_token(), flow)
    sent = send(pending.secret)
    if before is not None and before.email == pending.email:
        pending = Pending(pending.email, pending.secret if sent else before.secret, flow or before.flow)
    response = see_other(url_for(kind.endpoint))
    seconds = int(kind.lifetime().total_seconds())
    body = {"e": pending.email, "s": pending.secret, "f": pending.flow, "x": timestamp() + seconds}
    set_cookie(response, kind.cookie, seal(json.dumps(body).encode(), bound_to=kind.place), max_age=seconds)
    return response


def read_pending(kind: Waiting = CONFIRMATION) -> Pending | None:
    """Return what this browser waits for, or None."""
    value = read_cookie(kind.cookie)
    if not value:
        return None
    try:
        body = json.loads(unseal(value, bound_to=kind.place))
    except CipherError:
        return None
    return Pending(body["e"], body["s"], body["f"]) if body["x"] > timestamp() else None


def stop_waiting(response: Response, kind: Waiting = CONFIRMATION) -> Response:
    """Forget the mail that was waited for."""
    clear_cookie(response, kind.cookie)
    return response


def take_out_of_address(token: str, purpose: str, endpoint: str) -> Response:
    """Move a mailed token out of the address into a cookie that only this browser sends and no script reads."""
    response = see_other(url_for(endpoint))
    if _TOKEN.fullmatch(token):
        set_cookie(response, f"link_{purpose}", token)
    else:
        clear_cookie(response, f"link_{purpose}")
    return response


def link_token(purpose: str) -> str:
    """Return the token that was moved out of the address; raise DeadLink when there is none."""
    token = read_cookie(f"link_{purpose}")
    if not token:
        raise DeadLink
    return token


def forget_link(response: Response, purpose: str) -> Response:
    """Take the cookie of a used link back."""
    clear_cookie(response, f"link_{purpose}")
    return response
