"""What a backup or a restore refuses, with the exit code of the command line."""

from idp.core.cli import FAILED


class RefusedBackup(RuntimeError):
    """It must not be done like this, or cannot; the message says why and what to do."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code
