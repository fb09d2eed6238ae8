"""The same deed in several processes at the same moment, on one database."""

import importlib
import multiprocessing

from idp import create_app
from idp.core.db import db

_SECONDS = 90


def race(settings, place, arguments):
    """Run `module:function` once a process, with one tuple of arguments each; return what each returned or raised.

    An exception comes back as its class's name.
    """
    # Forked from a process that has everything imported and nothing opened: a start costs no second of its own.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.preloaded"])
    barrier, answers = context.Barrier(len(arguments)), context.Queue()
    processes = [
        context.Process(target=_run, args=(settings, place, number, values, barrier, answers), daemon=True)
        for number, values in enumerate(arguments)
    ]
    for process in processes:
        process.start()
    found = dict(answers.get(timeout=_SECONDS) for _process in processes)
    for process in processes:
        process.join(_SECONDS)
    answers.close()
    return [found[number] for number in range(len(arguments))]


def _run(settings, place, number, values, barrier, answers):
    module, _, name = place.partition(":")
    app = create_app(settings)
    function = getattr(importlib.import_module(module), name)
    with app.test_request_context(base_url=settings.issuer):
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        barrier.wait(_SECONDS)
        try:
            answer = function(*values)
            answers.put((number, answer if isinstance(answer, str | bool | int | list | None) else str(answer)))
        except Exception as error:
            answers.put((number, type(error).__name__))
        db.session.remove()
        db.engine.dispose()


def fork_and_run(settings, place):
    """Run `module:function` in a process of its own, which may be killed; return the process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.preloaded"])
    process = context.Process(target=_run_alone, args=(settings, place), daemon=True)
    process.start()
    return process


def _run_alone(settings, place):
    module, _, name = place.partition(":")
    app = create_app(settings)
    with app.test_request_context(base_url=settings.issuer):
        getattr(importlib.import_module(module), name)()
