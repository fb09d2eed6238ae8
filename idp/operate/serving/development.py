"""What a development server leaves for the commands typed beside it: its mode and its address."""

import json
import os
from pathlib import Path

from idp.core.configuration.sources import config_path

_FILE = "development.json"
KEYS_MARK = "MADE-IN-DEVELOPMENT"
"""A file beside key-encryption keys that were made by a development server."""


def remember(state_dir: Path, *, issuer: str, demo_url: str | None) -> None:
    """Keep the address of the development server in the state folder."""
    state_dir.mkdir(parents=True, exist_ok=True)
    (state_dir / _FILE).write_text(json.dumps({"issuer": issuer, "demo_url": demo_url}) + "\n")


def recall() -> dict[str, str]:
    """Return what the last development server of this state folder left, or nothing."""
    path = Path(os.environ.get("IDP_STATE_DIR", "var")) / _FILE
    try:
        values: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return values


def adopt() -> None:
    """Let a command use the development server's mode and address, unless anything was configured."""
    configured = {"IDP_MODE", "IDP_ISSUER", "IDP_ISSUER_FILE"} & os.environ.keys()
    if configured or config_path() is not None:
        return
    if issuer := recall().get("issuer"):
        os.environ["IDP_MODE"] = "development"
        os.environ["IDP_ISSUER"] = issuer


def mark_keys(keys_dir: Path) -> None:
    """Note beside the keys that a development server made them."""
    note = "The keys in this folder were made by a development server. A production server refuses them.\n"
    (keys_dir / KEYS_MARK).write_text(note)
