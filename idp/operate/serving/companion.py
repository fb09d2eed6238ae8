"""The demo app beside a development server: a process of its own that ends with the server."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from idp.core.settings import Settings
from idp.operate.demonstration import credentials, seed
from idp.operate.serving import ports

_PROGRAM = Path(__file__).parent.parent / "demonstration" / "app.py"


@dataclass
class Companion:
    """The running demo app."""

    url: str
    process: subprocess.Popen[bytes]

    def answers(self) -> bool:
        """Tell whether it takes connections, or has ended and never will."""
        return self.process.poll() is not None or ports.is_taken(urlsplit(self.url).port or 0)

    def stop(self) -> None:
        """End it: its standard input closes, and it leaves."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()


def start(config: Settings, port: int) -> Companion | None:
    """Start the demo app on a port, or the next free one; None without demo data."""
    known = credentials.load(config.state_dir)
    if known is None:
        return None
    url = f"http://127.0.0.1:{ports.next_free(port)}"
    # As a file and without our folder on its path: it loads in a third of the time, and stays a stranger.
    words = [sys.executable, "-P", str(_PROGRAM), url.rpartition(":")[2], "--with-parent"]
    environment = os.environ | seed.app_environment(config, known, url)
    process = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - our own command
    return Companion(url, process)
