"""A house of its own: empty folders, and the command line on them."""

import json

import pytest
from click.testing import CliRunner

from idp.cli import main
from tests.services import free_port


class House:
    """Settings that point into a folder of the test."""

    def __init__(self, folder, database_url="") -> None:
        self.folder = folder
        self.state, self.keys = folder / "var", folder / "keys"
        self.port = free_port()
        self.values = {
            "IDP_MODE": "development",
            "IDP_ISSUER": f"http://localhost:{self.port}",
            "IDP_STATE_DIR": str(self.state),
            "IDP_KEYS_DIR": str(self.keys),
            "IDP_DATABASE__URL": database_url,
            "IDP_PASSWORDS__BCRYPT_COST": "4",
        }

    def idp(self, *words, text=None, **values):
        """Run a command in this process; return what came of it."""
        return CliRunner().invoke(main, list(words), input=text, env={**self.values, **values})

    def answer(self, *words, **values):
        """Run a command that must succeed with `--json`; return its answer."""
        result = self.idp(*words, "--json", **values)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return House(tmp_path)


@pytest.fixture
def ready(house):
    """A house after `idp init`."""
    assert house.idp("init").exit_code == 0
    return house
