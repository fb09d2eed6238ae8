"""Work that nobody waits for: mails, sealing the audit trail, the key schedule, sweeping out what has expired."""

import contextlib
import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path
from typing import IO, Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.core.settings import Settings
from idp.operate import heartbeat
from idp.operate.jobs import JOBS, Job
from idp.stored_settings import live as stored_settings

_log = logging.getLogger("idp.worker")
_PAUSE = 0.5
_LONGEST_BACKOFF = 60.0
_STOP_WITHIN_SECONDS = 5.0


@dataclass
class _Turn:
    """When a job is due next, and how often it has failed in a row."""

    due: float = 0.0
    failures: int = 0


class Worker:
    """Runs every job at its pace until it is stopped; a job that fails is tried again, later and later."""

    def __init__(self, app: Flask, jobs: tuple[Job, ...] = JOBS) -> None:
        self.app = app
        self.turns = {job: _Turn() for job in jobs}
        self.stopping = threading.Event()
        self.signalled = False

    @property
    def is_stopping(self) -> bool:
        """Whether no further job may begin."""
        return self.signalled or self.stopping.is_set()

    def run(self) -> None:
        """Work until it is stopped; jobs that wait for others' servers do not hold up the rest."""
        waiting = threading.Thread(target=self._run_lane, args=(True,), name="idp-worker-waits", daemon=True)
        waiting.start()
        self._run_lane(False)
        waiting.join(_STOP_WITHIN_SECONDS)
        self._leave()

    def run_due(self) -> None:
        """Run what is due now, each job once."""
        for waits in (False, True):
            self._run_due(waits)

    def _run_lane(self, waits: bool) -> None:
        while not self.is_stopping:
            self._run_due(waits)
            self.stopping.wait(_PAUSE)

    def _run_due(self, waits: bool) -> None:
        for job, turn in self.turns.items():
            if job.waits is waits and not self.is_stopping and time.monotonic() >= turn.due:
                self._run(job, turn)

    def stop(self) -> None:
        """Let the present job end, and no other begin."""
        self.stopping.set()

    def _run(self, job: Job, turn: _Turn) -> None:
        try:
            with self.app.app_context():
                set_context(CallContext(actor="worker"))
                stored_settings.refresh()
                job.run()
            turn.failures = 0
            turn.due = time.monotonic() + job.every.total_seconds()
        except Exception:  # noqa: BLE001 - one job must not stop the others, whatever it stumbles over
            turn.failures += 1
            wait = min(_LONGEST_BACKOFF, job.every.total_seconds() * 2**turn.failures)
            turn.due = time.monotonic() + wait
            _log.exception("job %s failed, next try in %.0f s", job.name, wait)
            self._forget_connections()

    def _leave(self) -> None:
        try:
            with self.app.app_context():
                heartbeat.leave()
        except SQLAlchemyError as error:
            _log.warning("the worker ends and could not say so: %s", type(error).__name__)
            self._forget_connections()

    def _forget_connections(self) -> None:
        with contextlib.suppress(Exception), self.app.app_context():
            db.session.remove()


def run_in_foreground(app: Flask) -> None:
    """Work until SIGTERM or Ctrl-C."""
    worker = Worker(app)

    def note(*_signal: object) -> None:
        # Only a note: setting an event here could wait for a lock that the interrupted wait holds.
        worker.signalled = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    _log.info("the worker is at work")
    worker.run()


def start_thread(app: Flask) -> threading.Thread:
    """Work in a thread of this process, as long as no other process of this machine does."""
    worker = Worker(app)
    thread = threading.Thread(target=_work_when_first, args=(app, worker), name="idp-worker", daemon=True)

    def end() -> None:
        worker.stop()
        thread.join(_STOP_WITHIN_SECONDS)

    # Forked processes leave without `atexit`; multiprocessing's own list is what they go through.
    Finalize(None, end, exitpriority=100)
    thread.start()
    return thread


def _work_when_first(app: Flask, worker: Worker) -> None:
    config: Settings = app.extensions["idp.settings"]
    with _lock_file(config.state_dir / "worker.lock") as file:
        while not worker.stopping.is_set():
            if _is_first(file):
                worker.run()
            worker.stopping.wait(2.0)


@contextlib.contextmanager
def _lock_file(path: Path) -> Iterator[IO[Any] | None]:
    """Open the file that one process at a time can lock; None where the folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError:
        yield None
        return
    with file:
        yield file


def _is_first(file: IO[Any] | None) -> bool:
    """Take the lock, which the system gives back when its process dies; without a file everybody works.

    The jobs themselves are safe beside each other: the lock only spares double work.
    """
    if file is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return True
