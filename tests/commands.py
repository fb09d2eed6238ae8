"""The command line of a slice, run in this process on the test's application."""

import json

from click.testing import CliRunner


class CommandLine:
    """Runs commands as `idp` does."""

    def __init__(self, app) -> None:
        self.app = app

    def run(self, group, *words, stdin=None):
        """Run a command; return click's result, with exit code, stdout and stderr apart."""
        return CliRunner().invoke(
            group, [str(word) for word in words], input=stdin, obj={"create_app": lambda: self.app}
        )

    def json(self, group, *words, stdin=None):
        """Run a command with --json; return what it printed, or fail with what it said."""
        result = self.run(group, *words, "--json", stdin=stdin)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def refused(self, group, *words, code, stdin=None):
        """Run a command that must fail with an exit code and one line on stderr; return the line."""
        result = self.run(group, *words, stdin=stdin)
        assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        assert result.stdout == ""
        if code != 2:
            assert result.stderr.startswith("idp: ")
            assert result.stderr.count("\n") == 1
        return result.stderr
