"""What `make` passes to the tests reaches them."""

import pathlib
import re

MAKEFILE = pathlib.Path(__file__).parents[2] / "Makefile"


def test_every_variable_of_a_test_target_survives_the_cleaning_of_the_environment():
    # The fixtures take every IDP_ variable out of the environment but those of the tests.
    passed = re.findall(r"\b(IDP_\w+)=", MAKEFILE.read_text())
    assert len(passed) >= 3
    assert all(name.startswith("IDP_TEST_") for name in passed)
