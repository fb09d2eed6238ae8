"""What the journeys share: a browser for all of a file, for to start one takes a second or two."""

import pytest

from tests.chromium import chromium


@pytest.fixture(scope="module")
def process():
    with chromium() as browser:
        yield browser
