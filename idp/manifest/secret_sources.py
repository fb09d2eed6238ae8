"""Where secrets come from: the environment or a file, read when they are needed and never shown."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from idp.core.errors import DomainError
from idp.manifest.document import SecretSource


@dataclass(frozen=True)
class Secret:
    """A secret that was read, or the reason why it could not be."""

    origin: str
    value: str | None = field(default=None, repr=False)
    missing: str = ""
    """Why there is none: it may be there on the machine that applies."""
    unfit: str = ""
    """Why it cannot be a secret at all."""


def read(source: SecretSource, check: Callable[[str], object]) -> Secret:
    """Read a secret from where it is kept; `check` raises DomainError for what cannot be one."""
    if source.env is not None:
        origin, value, missing = f"environment variable {source.env}", os.environ.get(source.env), "it is not set"
    else:
        origin = f"file {source.file}"
        value, missing = _read_file(Path(source.file or ""))
    if not value:
        return Secret(origin, missing=f"{origin}: {missing if value is None else 'it is empty'}")
    try:
        check(value)
    except DomainError as error:
        return Secret(origin, unfit=f"{origin}: {error.public}")
    return Secret(origin, value)


def leave(source: SecretSource, _check: Callable[[str], object]) -> Secret:
    """Say where a secret is kept, and do not look."""
    origin = f"environment variable {source.env}" if source.env is not None else f"file {source.file}"
    return Secret(origin, missing=f"{origin}: it is read where the manifest is applied")


def _read_file(path: Path) -> tuple[str | None, str]:
    try:
        return path.read_text().rstrip("\r\n"), ""
    except UnicodeDecodeError:
        return None, "it is not text"
    except (OSError, ValueError) as error:
        return None, f"it cannot be read ({getattr(error, 'strerror', None) or 'no such path'})"
