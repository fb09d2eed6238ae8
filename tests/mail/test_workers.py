"""F-05: real worker processes, killed in the middle of a conversation and working side by side."""

import os
import subprocess
import sys

import pytest

from idp.mail.service import send_mail
from idp.outbox import service as outbox
from tests.mail.conftest import with_plain_templates
from tests.services import wait_for

LINK = "https://id.example.com/verify/abc"
WORKER = """
from idp import create_app
from idp.outbox.service import deliver_due
with create_app().app_context():
    print("ready", flush=True)
    while deliver_due():
        pass
"""


class Worker:
    """A worker in a process of its own, on the test's database and mail server."""

    def __init__(self, app) -> None:
        config = app.extensions["idp.settings"]
        values = {
            "IDP_MODE": "development", "IDP_ISSUER": config.issuer, "IDP_MAIL__URL": config.mail.url,
            "IDP_DATABASE__URL": config.database_url, "IDP_KEYS_DIR": config.keys_dir, "IDP_STATE_DIR": config.state_dir,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WORKER], env={**os.environ, **{name: str(value) for name, value in values.items()}},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(self):
        self.process.wait(60)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.end()


@pytest.fixture
def mailing(smtp_app):
    return with_plain_templates(smtp_app)


def send(number):
    send_mail("hello", to=f"person{number}@example.com", link=LINK)


def test_f05_a_worker_killed_in_the_middle_loses_no_mail(mailing, smtp, clock):
    smtp.sink.mode = "hang"
    send(0)
    worker = Worker(mailing)
    wait_for(lambda: smtp.sink.conversations, seconds=30)
    worker.kill()
    smtp.sink.mode = "accept"
    outbox.deliver_due()
    assert smtp.sink.mails == []
    clock.advance(181)
    outbox.deliver_due()
    assert [to for (to,), _mail in smtp.sink.mails] == ["person0@example.com"]


def test_f05_two_worker_processes_send_each_mail_once(mailing, smtp):
    for number in range(20):
        send(number)
    workers = [Worker(mailing) for _number in range(2)]
    for worker in workers:
        worker.end()
    assert sorted(to for (to,), _mail in smtp.sink.mails) == sorted(f"person{n}@example.com" for n in range(20))
    assert outbox.counts()["delivered"] == 20
