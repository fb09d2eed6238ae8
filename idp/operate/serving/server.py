"""The server process: granian in front, our application in its workers."""

import multiprocessing
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from idp.operate.serving import loader

BLOCKING_THREADS = 4
_LARGEST_HEADERS = 16 * 1024
_HEADERS_WITHIN_MS = 10_000
_STOP_WITHIN_SECONDS = 15


@dataclass(frozen=True)
class Listen:
    """Where and how to listen."""

    host: str
    port: int
    workers: int
    certificate: Path | None = None
    private_key: Path | None = None


class House(MPServer):
    """Granian's server, with a word when its workers have been started."""

    on_started: Callable[[], None]

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Start the workers, then tell."""
        super().startup(spawn_target, target_loader)
        # A thread begun before the fork would not exist in the workers, but the locks it holds would.
        threading.Thread(target=self.on_started, daemon=True).start()


def run(listen: Listen, *, development: bool, on_started: Callable[[], None]) -> None:
    """Serve until a signal comes; then finish what is being answered, and return."""
    if sys.platform == "linux":
        # Workers forked from a process that has loaded the application start in milliseconds and share its memory.
        multiprocessing.set_start_method("fork", force=True)
    house = House(
        "idp.operate.serving.loader:load",
        factory=True,
        address=listen.host,
        port=listen.port,
        interface=Interfaces.WSGI,
        workers=listen.workers,
        blocking_threads=BLOCKING_THREADS,
        http1_settings=HTTP1Settings(max_buffer_size=_LARGEST_HEADERS, header_read_timeout=_HEADERS_WITHIN_MS),
        websockets=False,
        log_level=LogLevels.warning if development else LogLevels.info,
        log_dictconfig=_logging(development=development),
        ssl_cert=listen.certificate,
        ssl_key=listen.private_key,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_WITHIN_SECONDS,
    )
    house.on_started = on_started
    house.serve(target_loader=loader.load, wrap_loader=False)


def _logging(*, development: bool) -> dict[str, Any]:
    """Send granian's own words to standard error in our format."""
    formatter = "idp.observe.logs.ReadableFormatter" if development else "idp.observe.logs.JsonFormatter"
    return {
        "formatters": {"ours": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
            for name in ("_granian", "granian.access")
        },
    }
