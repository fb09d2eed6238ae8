"""Everything between `idp serve` and the first answer: which mode, which port, may it start at all."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from idp.core.cli import CONFIG, UNREACHABLE
from idp.core.settings import Settings, is_loopback
from idp.operate.demonstration import seed
from idp.operate.serving import announce, companion, loader, ports, server
from idp.operate.serving.preflight import check_start, is_prepared

MakeApp = Callable[[], Flask]


class RefusedStart(RuntimeError):
    """The server must not start like this; the message says why and what to do."""

    def __init__(self, message: str, code: int = CONFIG) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Choices:
    """What was asked on the command line."""

    host: str
    port: int
    workers: int | None
    tls_cert: Path | None
    tls_key: Path | None
    no_worker: bool
    dev: bool
    demo: bool
    demo_port: int
    i_know: bool


def run(choices: Choices, make_app: MakeApp) -> None:
    """Start the server and stay until it is stopped; raise RefusedStart when it must not start."""
    began = time.monotonic()
    config, port = _settle(choices, make_app)
    # Begun before the application is made, because both take their time.
    beside = companion.start(config, choices.demo_port) if choices.dev else None
    try:
        app = make_app()
        first = choices.dev and _prepare(app, demo=choices.demo)
        if first or not choices.dev:
            _check(app)
        if choices.dev and beside is None:
            beside = companion.start(config, choices.demo_port)
        if beside:
            with _asking(app):
                seed.allow_address(beside.url)
        loader.prepare(app, with_worker=not choices.no_worker)
        listen = server.Listen(choices.host, port, _workers(choices), choices.tls_cert, choices.tls_key)
        announcement = announce.Announcement(app, listen, beside, began=began, first=first, dev=choices.dev)
        server.run(listen, development=config.development, on_started=announcement.tell)
    finally:
        if beside:
            beside.stop()


def _settle(choices: Choices, make_app: MakeApp) -> tuple[Settings, int]:
    """Decide mode, port and, for a development server without one, issuer; return the settings and the port."""
    if choices.dev:
        os.environ["IDP_MODE"] = "development"
    config = _read_settings(make_app)
    port = _choose_port(choices.port, may_move=config.development and not config.issuer)
    if config.development:
        _check_loopback(choices)
        if not config.issuer:
            os.environ["IDP_ISSUER"] = f"{'https' if choices.tls_cert else 'http'}://localhost:{port}"
            config = _read_settings(make_app)
    return config, port


def _read_settings(make_app: MakeApp) -> Settings:
    try:
        return Settings()
    except ValidationError:
        make_app()  # says what is wrong, and leaves
        raise


def prepared_app(make_app: MakeApp) -> Flask:
    """Make the application and check that it may start."""
    app = make_app()
    _check(app)
    return app


@contextmanager
def _asking(app: Flask) -> Iterator[None]:
    """Ask the database something; raise RefusedStart with one line when it cannot be reached."""
    try:
        with app.app_context():
            yield
    except OperationalError as error:
        raise RefusedStart(f"cannot reach the database: {error.orig}", UNREACHABLE) from error


def _check(app: Flask) -> None:
    with _asking(app):
        problems = check_start()
    if problems:
        raise RefusedStart("\nidp: ".join(problems))


def _prepare(app: Flask, *, demo: bool) -> bool:
    """Run `idp init` when something is missing; return whether it was.

    It has a process of its own: what preparing leaves behind (threads, open connections) would not survive the fork.
    """
    with _asking(app):
        if is_prepared(demo=demo):
            return False
    words = [sys.executable, "-m", "idp.cli", "init", *(["--demo"] if demo else [])]
    done = subprocess.run(words, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise SystemExit(done.returncode)
    return True


def _choose_port(port: int, *, may_move: bool) -> int:
    if not ports.is_taken(port):
        return port
    if not may_move:
        raise RefusedStart(f"port {port} is taken. Stop what listens there, or choose another with --port")
    free = ports.next_free(port + 1)
    click.echo(f"Port {port} is taken, using {free}.")
    return free


def _check_loopback(choices: Choices) -> None:
    if not is_loopback(choices.host) and not choices.i_know:
        raise RefusedStart(
            f"development mode does not listen on {choices.host}: its mails and secrets are open to whoever can "
            "reach it. Use production mode, or say --i-know"
        )


def _workers(choices: Choices) -> int:
    return choices.workers or (1 if choices.dev else os.cpu_count() or 1)
