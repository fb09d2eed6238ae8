"""The sentences people read when a sign-in says no. Unknown, wrong, disabled and locked read the same."""

from datetime import timedelta
from math import ceil
from typing import Any

from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.core.drawing.brand_rules import help_in_words
from idp.core.errors import Conflict, DomainError, Forbidden, NotFound, TooMany
from idp.core.settings import settings


class WrongCredentials(DomainError):
    """The name or the password was not right; which of them is never told."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_l("Check your e-mail and password, then try again."), field="identifier")


class WrongPassword(DomainError):
    """The password of somebody who is signed in was not right."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_l("That is not your password. Check it, then try again."), field="password")


class NoReason(DomainError):
    """A second step is not taken away from somebody without a reason."""

    def __init__(self) -> None:
        super().__init__(_l("Say why."), field="reason")


class TurnedOff(Forbidden):
    """The password was right, and an administrator has turned the account off or locked it."""

    def __init__(self) -> None:
        support = help_in_words(settings().brand)
        if support:
            super().__init__(_("This account is turned off. Contact %(support)s.", support=support))
        else:
            super().__init__(_l("This account is turned off. Contact the people who run this service."))


class Reported(Forbidden):
    """The password was right, and the owner has said that somebody else knows it."""

    def __init__(self) -> None:
        super().__init__(_l("This account is locked. Choose a new password to unlock it."))


class WrongCode(DomainError):
    """The code of a second step was not right."""

    status = 401

    def __init__(self, sentence: Any = None) -> None:
        super().__init__(sentence or _l("That code is not right."), field="code")


class UsedCode(WrongCode):
    """The code was right once: it has been used."""

    def __init__(self) -> None:
        super().__init__(_l("That code was already used. Wait for the next one."))


class StartAgain(DomainError):
    """So many codes were wrong that the sign-in begins again from the first step."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_l("Too many codes were not right. Sign in again."))


class TooManyTries(TooMany):
    """Guesses are used up; the sentence says for how long, in words."""

    def __init__(self, retry_after: int, *, may_reset: bool = True) -> None:
        minutes = timedelta(minutes=ceil(retry_after / 60))
        time = format_timedelta(minutes, granularity="minute", threshold=1.5)
        if may_reset:
            sentence = _("Too many tries. Try again in %(time)s, or reset your password.", time=time)
        else:
            sentence = _("Too many tries. Try again in %(time)s.", time=time)
        super().__init__(retry_after, sentence)


class NotEnrolled(NotFound):
    """The person does not have what was to be taken away."""

    def __init__(self) -> None:
        super().__init__(_l("There is no authenticator app on this account."))


class StepIsRequired(Conflict):
    """The second step cannot be turned off, because somebody asks this person for it."""

    def __init__(self) -> None:
        super().__init__(_l("Your account must have a second step. Set up another one first."))


class UnfitPasskey(WrongCode):
    """An answer of a passkey that proves nothing: forged, too old, used before, of another person or place."""

    def __init__(self) -> None:
        super().__init__(_l("The passkey could not confirm that it is you. Try again, or use another way."))


class UnknownPasskey(UnfitPasskey):
    """A passkey that no account has any more; `credential_id` lets the browser forget it."""

    def __init__(self, credential_id: str) -> None:
        super().__init__()
        self.public = _l("This passkey is no longer linked to an account. Use another way to sign in.")
        self.credential_id = credential_id


class NoSuchPasskey(NotFound):
    """The person has no passkey of that id."""

    def __init__(self) -> None:
        super().__init__(_l("There is no such passkey on this account."))


class LastWayIn(Conflict):
    """Without this passkey nothing would open the account."""

    def __init__(self) -> None:
        super().__init__(_l("This is the only way into your account. Choose a password or add another passkey first."))
