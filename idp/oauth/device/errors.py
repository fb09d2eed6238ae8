"""What people read when a device's code is not good."""

from flask_babel import lazy_gettext as _l

from idp.core.errors import DomainError


class WrongUserCode(DomainError):
    """No device shows this code."""

    def __init__(self) -> None:
        super().__init__(_l("That code does not match. Check the device, or start again there."), field="user_code")


class CodeIsOver(DomainError):
    """The code was good once: it has expired, or somebody has decided."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_l("That code has expired or was already used. Start again on the device."), field="user_code")
