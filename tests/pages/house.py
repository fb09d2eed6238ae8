"""The gallery of pages behind a real address, for a browser to look at."""

import contextlib
import math
import re
import tempfile
import threading
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from idp import create_app
from idp.core import cipher
from idp.core.settings import Settings


class _Quiet(WSGIRequestHandler):
    def log(self, *_words):
        pass


def gallery_app(folder, port=8000, **changes):
    """An application that shows the gallery; it has keys for its cookies and needs no database."""
    keys = Path(folder) / "keys"
    if not keys.exists():
        keys.mkdir()
        cipher.create_first_key(keys)
    values = {"mode": "development", "issuer": f"http://localhost:{port}", "keys_dir": keys, "state_dir": Path(folder)}
    return create_app(Settings(**{**values, **changes}))


def stretch_words(app):
    """Make every word of the templates longer by 40 %, as a language with longer words would."""

    def stretch(text):
        return re.sub(
            r"%\(\w+\)s|<[^>]+>|(\w+)",
            lambda found: found[1] + "n" * math.ceil(len(found[1]) * 0.4) if found[1] else found[0],
            text,
        )

    app.jinja_env.install_gettext_callables(
        stretch, lambda one, many, number: stretch(one if number == 1 else many), newstyle=True
    )
    return app


@contextlib.contextmanager
def gallery_server(*, prepare=lambda app: app, **changes):
    """Serve the gallery on a free port; yields the address."""
    with tempfile.TemporaryDirectory() as folder:
        server = make_server("127.0.0.1", 0, lambda *_call: [], threaded=True, request_handler=_Quiet)
        server.app = prepare(gallery_app(folder, server.server_port, **changes))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def stay(page):
    """Keep pages that would leave by themselves."""
    page.route("**/js/submit.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    return page
