"""The names and passwords of the demo data: random in each installation, kept in the state folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from idp.operate.serving.first_run import Person

_FILE = "demo-credentials.txt"
_KEY = " [key "
_HEADER = "# Made by `idp init --demo`. Development only: a production server refuses to start with this data.\n"


@dataclass(frozen=True)
class Credentials:
    """Who can sign in, and the secrets of the demo apps."""

    people: tuple[Person, ...]
    secrets: dict[str, str]

    def secret_of(self, client_id: str) -> str:
        """Return the secret of a demo app, or nothing."""
        return self.secrets.get(client_id, "")

    def find_person(self, name: str) -> Person | None:
        """Find somebody by address, or by the part before the @."""
        return next((person for person in self.people if name in {person.email, person.email.partition("@")[0]}), None)


def save(state_dir: Path, credentials: Credentials) -> None:
    """Write the file, readable by its owner only."""
    people = [f"{each.email:<24}{each.password:<50}{each.note}{_bracketed(each.seed)}" for each in credentials.people]
    apps = [f"{client_id:<24}{secret}" for client_id, secret in credentials.secrets.items()]
    descriptor = os.open(path_in(state_dir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(_HEADER + "\n".join([*people, "", *apps]) + "\n")


def load(state_dir: Path) -> Credentials | None:
    """Read the file; None when there is no demo data."""
    try:
        text = path_in(state_dir).read_text()
    except OSError:
        return None
    rows = [line.split(None, 2) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    people = tuple(_person(*row) for row in rows if "@" in row[0])
    return Credentials(people, {row[0]: row[1] for row in rows if "@" not in row[0]})


def _person(email: str, password: str, rest: str) -> Person:
    note, _, seed = rest.partition(_KEY)
    return Person(email, password, note, seed.removesuffix("]"))


def _bracketed(seed: str) -> str:
    return f"{_KEY}{seed}]" if seed else ""


def path_in(state_dir: Path) -> Path:
    """Return the place of the file."""
    return state_dir / _FILE
