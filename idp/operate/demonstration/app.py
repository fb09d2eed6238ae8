"""Run the demo app in this process: `python -P app.py PORT`, as a file, so that nothing of idp is loaded."""

import logging
import os
import sys
import threading
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

_FOLDER = Path(__file__).parent.parent.parent / "demo"


def run(port: int) -> None:
    """Serve the demo app on loopback."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make_server("127.0.0.1", port, _load(), threaded=True).serve_forever()


def _load() -> Any:
    """Import the demo as the stranger it is: a package of its own. It reads its `DEMO_*` variables then."""
    spec = spec_from_file_location("demo", _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)])
    if spec is None or spec.loader is None:
        raise ImportError(f"no demo app in {_FOLDER}")
    sys.modules["demo"] = package = module_from_spec(spec)
    spec.loader.exec_module(package)
    return import_module("demo.app").app


def _leave_with_parent() -> None:
    """End when standard input does: it is a pipe from the server that started this process."""
    # Not sys.stdin: its lock, held here, would stop the interpreter from ending at a signal.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    if "--with-parent" in sys.argv:
        threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        run(int(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(0)
