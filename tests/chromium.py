"""Debian's Chromium, driven by Playwright."""

import contextlib
import http.server
import threading

from playwright.sync_api import expect, sync_playwright

from tests.services import CHROMIUM, missing

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
expect.set_options(timeout=15_000)


@contextlib.contextmanager
def chromium():
    """A browser process with a fresh profile; skips, or fails when required, without Chromium."""
    if CHROMIUM is None:
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def follow(page, selector):
    """Click what leads to another page and wait until that one is there: a click alone may be done before it begins."""
    with page.expect_navigation():
        page.click(selector)


def open_console(page, email, password):
    """Sign in at the console, and wait until its first page is there."""
    page.goto("/login?next=/admin")
    page.fill("#identifier", email)
    page.fill("#password", password)
    follow(page, "main form:has(#password) button[type=submit]")
    page.wait_for_url("**/admin")


def watch(page):
    """Collect what the page's console and its policy complain about."""
    complaints = []

    def note(message):
        # A page that answers 401 or 422 on purpose is not a complaint.
        if message.type in {"error", "warning"} and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@contextlib.contextmanager
def callback_server():
    """The redirect address of an app: remembers what the browser brought, and answers a page."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.seen.append(("GET", self.path, ""))
            self.answer()

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            server.seen.append(("POST", self.path, body))
            self.answer()

        def answer(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                b"<!doctype html><title>The app</title><link rel=icon href=data:,><h1>Welcome to the app</h1>"
            )

        def log_message(self, *_words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
