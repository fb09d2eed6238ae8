"""The sentences people read when an account's rule says no."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound


class UnknownUser(NotFound):
    """No such person."""

    def __init__(self) -> None:
        super().__init__(_l("There is no such account."))


class AddressTaken(Conflict):
    """Another account has the address; said to administrators only."""

    def __init__(self) -> None:
        super().__init__(_l("Another account uses this e-mail address."), field="email")


class UsernameTaken(Conflict):
    """Another account has the user name; said to administrators only."""

    def __init__(self) -> None:
        super().__init__(_l("Another account uses this user name."), field="username")


class ExternalIdTaken(Conflict):
    """Another account has the external id; said to administrators only."""

    def __init__(self) -> None:
        super().__init__(_l("Another account has this external id."), field="external_id")


class UnfitExternalId(DomainError):
    """Too long, or with signs that do not print."""

    def __init__(self) -> None:
        super().__init__(_l("Use at most 120 characters, on one line."), field="external_id")


class SameAddress(DomainError):
    """The new address is the old one."""

    def __init__(self) -> None:
        super().__init__(_l("That is your address already."), field="email")


class EditedMeanwhile(ChangedMeanwhile):
    """Somebody else saved the account since it was read."""

    def __init__(self) -> None:
        super().__init__(_l("Somebody changed this account meanwhile. Look at it again, then repeat your change."))


class AlreadyDeleting(Conflict):
    """The account is closed and goes when its time is over; said to administrators only."""

    def __init__(self) -> None:
        super().__init__(_l("The account is being deleted. Keep it, or delete it at once."))


class MayNotReset(Conflict):
    """A new password would open nothing; said to administrators only."""

    def __init__(self) -> None:
        super().__init__(_l("The account is turned off or locked. Turn it on or unlock it first."))


class NotInvited(Conflict):
    """Whoever is in already needs no invitation; said to administrators only."""

    def __init__(self) -> None:
        super().__init__(_l("No invitation of this account is open."))


class UnfitAddress(DomainError):
    """Not a mail address we can write to."""

    def __init__(self) -> None:
        super().__init__(_l("Enter an e-mail address like name@example.com."), field="email")


class UnfitProfile(DomainError):
    """A profile value that its claim cannot hold."""


class UnfitPassword(DomainError):
    """A new password that the policy refuses; the sentence says what to do."""

    def __init__(self, public: object) -> None:
        super().__init__(public, field="new_password")


class WrongPassword(DomainError):
    """The current password was not right."""

    def __init__(self) -> None:
        super().__init__(_l("That is not your current password."), field="password")


class WrongCode(DomainError):
    """The six digits were not right, too old, or of another browser."""

    def __init__(self) -> None:
        super().__init__(_l("That code is not right. Check the newest mail, or use its link."), field="code")


class DeadLink(DomainError):
    """A link that was used, has expired, was replaced by a newer one, or never existed."""

    status = 410

    def __init__(self, *, used: bool = False) -> None:
        super().__init__(
            _l("This link was already used.") if used else _l("This link has expired or was replaced by a newer one.")
        )
        self.used = used


class RegistrationClosed(Forbidden):
    """Nobody may create an account here."""

    def __init__(self) -> None:
        super().__init__(_l("Accounts cannot be created here."))


class InvitationNeeded(Forbidden):
    """Only people who were invited may create an account."""

    def __init__(self) -> None:
        super().__init__(_l("You need an invitation to create an account here."))


class TooBusy(DomainError):
    """More passwords wait to be checked than this process can check soon."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_l("The server is busy. Try again in a moment."))
        self.retry_after = 2
