"""Fixtures: a manifest on disk, and its commands."""

import pytest
from sqlalchemy import select

from idp.core.db import db
from idp.manifest import cli

WHOLE = """\
[[apis]]
identifier = "https://api.example.com"
name = "Articles"
access_token_lifetime = 600
permissions = [
  { name = "articles.read", title = "Read articles" },
  { name = "articles.write", title = "Write articles", description = "All of them" },
]

[[roles]]
name = "editor"
title = "Editor"
require_second_step = true
[roles.permissions]
"https://api.example.com" = ["articles.write", "articles.read"]
idp = ["admin.users.read"]

[[groups]]
name = "staff"
title = "Staff"
roles = ["editor", "support"]

[[clients]]
client_id = "shop"
name = "Shop"
redirect_uris = ["https://shop.example.com/callback", "http://localhost:5000/callback"]
scopes = ["openid", "profile", "articles.read"]
allowed_apis = ["https://api.example.com"]
allowed_roles = ["editor"]
metadata = { contacts = ["shop@example.com"], "client_name#fr" = "Boutique" }

[[clients]]
client_id = "phone"
name = "Phone"
type = "native"
redirect_uris = ["com.example.phone:/callback"]
access_lifetime = 300
enabled = false
"""


class Manifest:
    """One file, and the three commands on it."""

    def __init__(self, command_line, path) -> None:
        self.command_line = command_line
        self.path = path

    def write(self, text, *changes):
        """Write the file; each change is a pair of what stands there and what is to stand there."""
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        self.path.write_text(text)
        return self

    def plan(self, *words):
        """Return the plan as data."""
        return self.command_line.json(cli.plan, self.path, *words)

    def shown(self):
        """Return the plan as people see it."""
        result = self.command_line.run(cli.plan, self.path)
        assert result.exit_code == 0, result.output
        return result.stdout

    def apply(self, *words):
        """Apply the file; return what was done."""
        return self.command_line.json(cli.apply, self.path, "--yes", *words)

    def refused(self, command=cli.plan, *words, code=5):
        """Run a command that must be refused; return its lines without the file's name."""
        result = self.command_line.run(command, self.path, *words)
        assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        return [line.removeprefix(f"idp: {self.path}:") for line in result.stderr.splitlines()]

    def exported(self):
        """Return the present state as a manifest."""
        result = self.command_line.run(cli.export)
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture
def manifest(command_line, tmp_path):
    return Manifest(command_line, tmp_path / "idp-manifest.toml")


@pytest.fixture
def snapshot(app):
    """Take everything that stands in the database."""

    def take():
        with app.app_context():
            db.session.remove()
            return {
                table.name: sorted(map(repr, db.session.execute(select(table)).all()))
                for table in db.metadata.sorted_tables
            }

    return take
