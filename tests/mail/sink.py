"""A real SMTP server on loopback that answers as it is told."""

import asyncio
import email
import email.policy

from aiosmtpd.controller import Controller

from tests.services import free_port


class Sink:
    """Keeps what it takes; `mode` is `accept`, `451`, `550`, `550 rcpt`, `hang`, `close after data`,
    `550 sender`, `echo` (a refused sign-in that repeats what came) or `no auth`."""

    def __init__(self) -> None:
        self.mode, self.mails, self.conversations = "accept", [], 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802 - aiosmtpd's name
        self.conversations += 1
        session.host_name = hostname
        if self.mode == "hang":
            await asyncio.sleep(30)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.mode == "550 sender":
            return "550 5.7.1 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.mode == "550 rcpt":
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.mode in {"451", "550"}:
            return f"{self.mode} not now"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        if self.mode == "close after data":
            server.transport.abort()
            await asyncio.sleep(0)
        return "250 taken"


class SmtpServer:
    """The sink behind a port; it can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.sink, self.port, self._controller = Sink(), free_port(), None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self, **values):
        self._controller = Controller(self.sink, hostname="127.0.0.1", port=self.port, **values)
        self._controller.start()

    def stop(self):
        if self._controller:
            self._controller.stop()
            self._controller = None
