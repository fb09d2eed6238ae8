"""Fixtures of accounts."""

import pytest

from tests.accounts.mailbox import Mailbox


@pytest.fixture
def mailbox(app):
    """Open the mailbox of an address."""
    return lambda address: Mailbox(app, address)
