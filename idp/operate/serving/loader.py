"""The application, made once before the workers are forked, or in each worker where nothing is forked."""

import os
import signal
import threading
import time

from flask import Flask

from idp import create_app
from idp.core.db import db
from idp.operate import worker

_prepared: dict[str, Flask] = {}
_choices = {"worker": True}


def prepare(app: Flask, *, with_worker: bool) -> None:
    """Keep an application for the workers that will be forked; no connection may cross the fork."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    _prepared["app"] = app
    _choices["worker"] = with_worker


def load() -> Flask:
    """Return the application to serve, and start the worker's thread beside it."""
    app = _prepared.get("app") or create_app()
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    if _choices["worker"]:
        worker.start_thread(app)
    return app


def _leave_with_parent(parent: int) -> None:
    """Stop when the main process is gone: a kill -9 there must not leave a server that nobody can stop."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
