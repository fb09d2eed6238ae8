"""A receiver of webhooks on loopback, that answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from idp.core import fetch
from idp.outbox import service as outbox
from idp.webhooks import service


class Receiver:
    """What came, and what is answered."""

    def __init__(self) -> None:
        self.requests, self.status, self.hold = [], 204, threading.Event()
        self.hold.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((body, dict(self.headers)))
                receiver.hold.wait(10)
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", receiver.url + "elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def app(app, monkeypatch):
    """An application that may call loopback, as a development server with `dev.fetch_loopback` does."""
    monkeypatch.setattr(fetch, "_loopback_is_fine", lambda: True)
    return app


@pytest.fixture
def hook(context, receiver):
    """An endpoint that wants to hear of roles; its name and secret."""
    row, secret = service.create_endpoint("crm", url=receiver.url, events=["role.*"], label="CRM")
    return row.name, secret


@pytest.fixture
def deliver():
    return outbox.deliver_calls
