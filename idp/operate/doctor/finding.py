"""What the doctor says about one thing."""

from dataclasses import asdict, dataclass
from typing import Any

from idp.operate.paint import FIX, LOOK, OK, mark

_NAMES = {OK: "ok", LOOK: "look", FIX: "fix"}


@dataclass(frozen=True)
class Finding:
    """A sign, what it is about, what was found; and when it is not well, why that matters and what to do."""

    sign: str
    name: str
    found: str
    why: str = ""
    fix: str = ""
    doc: str = ""

    def lines(self) -> list[str]:
        """Write it for a terminal."""
        head = f"{mark(self.sign)} {self.name:<13}{self.found}"
        return [head, *(f"{'':<15}{text}" for text in (self.why, " ".join(filter(None, [self.fix, self.doc]))) if text)]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"sign": _NAMES[self.sign]}


def well(name: str, found: str) -> Finding:
    """Nothing is to be done."""
    return Finding(OK, name, found)


def look(name: str, found: str, *, why: str, fix: str, doc: str = "") -> Finding:
    """It works, and should be looked at."""
    return Finding(LOOK, name, found, why, fix, doc)


def broken(name: str, found: str, *, why: str, fix: str, doc: str = "") -> Finding:
    """It must be mended."""
    return Finding(FIX, name, found, why, fix, doc)
