"""A person's mailbox: the mails the development outbox shows for an address."""

import re
from urllib.parse import urlsplit

from tests.services import test_client


class Mailbox:
    """Reads mails as a person does: the newest, its link, its code."""

    def __init__(self, app, address) -> None:
        self.http, self.address = test_client(app), address

    @property
    def mails(self):
        """All mails to the address, newest first."""
        return [mail for mail in self.http.get("/dev/mail.json").json if mail["to"] == self.address]

    @property
    def newest(self):
        return self.mails[0]

    def link(self, start):
        """The path of the newest link that begins like this."""
        for mail in self.mails:
            for link in mail["links"]:
                if urlsplit(link).path.startswith(start):
                    return urlsplit(link).path
        raise AssertionError(f"no link {start} in {self.mails}")

    @property
    def code(self):
        """The six digits of the newest mail that has some."""
        return next(found[1] for mail in self.mails if (found := re.search(r"\b(\d{3} ?\d{3})\b", mail["text"])))
