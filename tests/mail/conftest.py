"""Fixtures of mails: a real SMTP server, and the application that uses it."""

import pytest
from jinja2 import ChoiceLoader, DictLoader

from tests.mail.sink import SmtpServer

PLAIN = {
    "mail/hello.txt": "Subject: Hello, {{ brand_name }}\n\nOpen {{ link }}\n",
    "mail/hello.html": "<p>Open <a href='{{ link }}'>{{ link }}</a></p>",
    "mail/headline.txt": "Subject: {{ subject }}\n\nText\n",
    "mail/headline.html": "<p>Text</p>",
}


@pytest.fixture
def smtp():
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


def with_plain_templates(app):
    app.jinja_env.loader = ChoiceLoader([DictLoader(PLAIN), app.jinja_loader])
    return app


@pytest.fixture
def smtp_app(make_app, smtp):
    """An application that sends by SMTP."""
    app = with_plain_templates(make_app(mail={"url": smtp.url}))
    with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
        yield app


@pytest.fixture
def shown_app(make_app):
    """An application that shows its mails instead of sending them."""
    app = with_plain_templates(make_app())
    with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
        yield app
