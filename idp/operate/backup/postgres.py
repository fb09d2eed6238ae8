"""PostgreSQL: copied by pg_dump, and set back in one transaction, so that a failure leaves what was there.

The programs are PostgreSQL's own. They get the address of the database in their environment: arguments can be read by
everybody on the machine.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from psycopg.pq import Conninfo
from sqlalchemy import inspect, text

from idp.core.cli import CONFIG
from idp.core.db import db
from idp.core.settings import settings
from idp.operate.backup.refusals import RefusedBackup

_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
_LONGEST_MESSAGE = 400
_LEAVING_SECONDS = 3
_HEAD = (b"", b"--", b"-- PostgreSQL database dump")
"""What pg_restore writes before it forbids psql's own commands; nothing of it is of the dump."""
_RESTRICT = re.compile(rb"\\restrict [0-9A-Za-z]+")
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


def find_program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; raise RefusedBackup where it is not on this machine."""
    if found := shutil.which(name):
        return found
    folders = sorted((path for each in _FOLDERS for path in Path("/").glob(each)), key=_number_in)
    for folder in reversed(folders):
        if (folder / name).is_file():
            return str(folder / name)
    raise RefusedBackup(
        f"{name} is not on this machine. Install PostgreSQL's client programs (postgresql-client), of the server's "
        f"version {_server_version()} or later",
        CONFIG,
    )


def dump(target: Path) -> None:
    """Copy the database as it is at this moment, in PostgreSQL's own archive format."""
    _run("pg_dump", "--format=custom", "--no-password", f"--file={target}")


def restore(staged: Path) -> None:
    """Set the database back to a dump in one transaction; raise RefusedBackup where all is left as it was."""
    drop, script = staged.with_name("drop.sql"), staged.with_name("restore.sql")
    drop.write_text(_drop_tables(), encoding="utf-8")
    db.session.remove()
    db.engine.dispose()
    # A script that ended too early would be taken for a whole one: it is written first, and run when it is whole.
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(staged))
    _check_restricted(script)
    _run(
        "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--single-transaction",
        f"--file={drop}", f"--file={script}",
    )  # fmt: skip


def _check_restricted(script: Path) -> None:
    r"""Raise RefusedBackup unless a script forbids psql's own commands before anything in it comes from the dump.

    The tables that are there have to be dropped in the transaction that makes the others, which pg_restore cannot do
    alone. A dump that somebody has changed could bring `\!` into the script, and so run programs (CVE-2025-8714).
    """
    with script.open("rb") as lines:
        first = next((line.rstrip() for line in lines if line.strip() not in _HEAD), b"")
    if not _RESTRICT.fullmatch(first):
        raise RefusedBackup(
            "pg_restore is too old to restore from safely. Install PostgreSQL's client programs of 17.6, 16.10, 15.14, "
            "14.19, 13.22 or later",
            CONFIG,
        )


def check_programs(*names: str) -> None:
    """Raise RefusedBackup unless the programs are on this machine."""
    for name in names:
        find_program(name)


def count_others() -> int:
    """Count who else is connected to the database; who has just left it is given a moment to be gone."""
    db.session.remove()
    db.engine.dispose()
    end = time.monotonic() + _LEAVING_SECONDS
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while (count := int(connection.execute(_OTHERS).scalar_one())) and time.monotonic() < end:
            time.sleep(0.1)
    db.engine.dispose()
    return count


def _drop_tables() -> str:
    """Write what empties the schema, which gives up when somebody holds a table for long."""
    with db.engine.connect() as connection:
        schema = str(connection.execute(text("SELECT current_schema()")).scalar_one())
        names = inspect(connection).get_table_names(schema)
    lines = [f"DROP TABLE IF EXISTS {_quoted(schema)}.{_quoted(name)} CASCADE;" for name in names]
    return "\n".join(["SET client_min_messages = warning;", "SET lock_timeout = '10s';", *lines, ""])


def _run(name: str, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, without a shell
        [find_program(name), *words], env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:_LONGEST_MESSAGE]
        raise RefusedBackup(f"{name} failed: {said or f'exit code {done.returncode}'}")


def _environment() -> dict[str, str]:
    """Return this environment with the address of the database in it, password and all, and without our own secrets."""
    url = settings().database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    asked = {
        option.envvar.decode(): option.val.decode()
        for option in Conninfo.parse(url.encode())
        if option.envvar and option.val is not None
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("IDP_")} | asked


def _server_version() -> str:
    with db.engine.connect() as connection:
        return str(connection.execute(text("SHOW server_version")).scalar_one()).split(".")[0]


def _number_in(folder: Path) -> int:
    """Return the version in the name of a folder such as `postgresql/16/bin`, 0 where there is none."""
    found = re.findall(r"\d+", f"{folder.parent.name}")
    return int(found[0]) if found else 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
