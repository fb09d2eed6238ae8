"""A listener on a free loopback port that waits for one redirect (RFC 8252 §7.3)."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

_PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Done</title>
<p style="font: 1.1rem system-ui; margin: 3rem">Done. The terminal has the answer; you can close this page.</p>"""


class Listener:
    """Takes the browser back from the provider."""

    def __init__(self) -> None:
        self.parameters: dict[str, str] = {}
        self.arrived = threading.Event()
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.redirect_uri = f"http://127.0.0.1:{self._server.server_port}/callback"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, seconds: float) -> dict[str, str] | None:
        """Wait for the redirect; return its parameters, or None when nobody came."""
        return self.parameters if self.arrived.wait(seconds) else None

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                found = parts.path == "/callback" and not listener.arrived.is_set()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                if found:
                    self.wfile.write(_PAGE)
                    listener.parameters = dict(parse_qsl(parts.query))
                    listener.arrived.set()

            def log_message(self, *_words: object) -> None:
                """Say nothing: the terminal belongs to the command."""

        return Handler
