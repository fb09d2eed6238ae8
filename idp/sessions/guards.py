"""Guards of views: signed in, signed in a short while ago, permitted."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask_login import current_user, login_required

from idp.access import service as access
from idp.sessions import http
from idp.sessions.errors import NotPermitted

__all__ = ["fresh", "login_required", "require"]
View = TypeVar("View", bound=Callable[..., Any])


def fresh(says: Any, go_on: Any, back: str) -> Callable[[View], View]:
    """Let only people through who have just proved who they are; others prove it first (ASVS 7.5.1).

    `says` is a sentence («To sign out a device, confirm it's you.»), `go_on` the button under what was held, `back`
    the page that Cancel leads to, by its URL name.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            return view(*args, **values) if http.is_fresh() else http.to_reauthentication(says, go_on, back)

        return login_required(guarded)

    return guard


def require(permission: str) -> Callable[[View], View]:
    """Let only people through who have one of our own permissions; raise NotPermitted for others."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            if not access.can(current_user.id, permission):
                raise NotPermitted
            return view(*args, **values)

        return login_required(guarded)

    return guard
