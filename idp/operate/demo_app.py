"""Run the demo app in this process: `python -m idp.operate.demo_app PORT`."""

import logging
import os
import sys
import threading
from importlib import import_module

from werkzeug.serving import make_server


def run(port: int) -> None:
    """Serve the demo app on loopback; it reads its `DEMO_*` variables when it is imported, so that comes last."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = import_module("idp.demo.app").app
    make_server("127.0.0.1", port, application, threaded=True).serve_forever()


def leave_with_parent() -> None:
    """End when standard input does: it is a pipe from the server that started this process."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    if "--with-parent" in sys.argv:
        threading.Thread(target=leave_with_parent, daemon=True).start()
    try:
        run(int(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(0)
