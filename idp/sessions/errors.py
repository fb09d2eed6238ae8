"""The sentences people read when a session or an interaction says no."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import DomainError, Forbidden, NotFound


class UnknownSession(NotFound):
    """No such session, or not one of the asker's."""

    def __init__(self) -> None:
        super().__init__(_l("There is no such session."))


class SessionIsOver(DomainError):
    """The session ended while something was being done with it."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_l("You were signed out. Sign in again."))


class InteractionExpired(DomainError):
    """The interaction is unknown, of another browser, too old, or finished already."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_l("This page has expired. Nothing was changed."))


class NotPermitted(Forbidden):
    """The person is known and lacks the permission."""

    def __init__(self, permission: str = "") -> None:
        if permission:
            super().__init__(_l("This takes the permission %(name)s. An owner can give it to you.", name=permission))
        else:
            super().__init__(_l("Your account may not do this."))
