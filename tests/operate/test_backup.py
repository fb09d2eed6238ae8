"""Copies of the database and the way back: whole, checked, and never over what somebody works with."""

import base64
import hashlib
import io
import json
import pathlib
import sqlite3
import stat
import subprocess
import tarfile
import threading
from contextlib import closing
from datetime import datetime, timedelta

import click
import psycopg
import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import text, update

from idp.audit.models import Event
from idp.audit.service import newest_id, record_alone
from idp.audit.tags import Tag
from idp.cli import main
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.feed import service as feed
from idp.feed.models import Change
from idp.jobs import service as jobs
from idp.operate import heartbeat, schema
from idp.operate.backup import archive, postgres
from idp.operate.backup.last import find_last
from idp.operate.backup.refusals import RefusedBackup
from idp.operate.doctor import copies as checks_backup
from tests.actors import Browser
from tests.live import LiveServer
from tests.operate.test_doctor import PRODUCTION, asked  # noqa: F401 - a fixture
from tests.services import postgres_database

FAILED, CONFLICT, CONFIG = 1, 4, 5
ALICE, BOB = "alice@example.com", "bob@example.com"


class Place:
    """A house of its own that no server runs: its command line in this process, and what is in its database."""

    def __init__(self, folder, database_url, **settings) -> None:
        self.server = LiveServer(folder, database_url=database_url, **settings)
        self.folder, self.url, self.app = folder, database_url, self.server.app
        self.copy = folder / "copy.tar"

    def idp(self, *words, code=0, text=None):
        group = main.get_command(click.Context(main), words[0])
        try:
            done = CliRunner().invoke(
                group, [str(word) for word in words[1:]], input=text, obj={"create_app": lambda: self.app}
            )
        finally:
            self.let_go()
        assert code is None or done.exit_code == code, (words, done.exit_code, done.output, done.exception)
        if code:
            assert done.stdout == ""
            assert done.stderr.splitlines()[-1].startswith("idp: ")
        return done

    def let_go(self):
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def json(self, *words):
        return json.loads(self.idp(*words, "--json").stdout)

    def add(self, email):
        self.idp("user", "add", "--email", email, "--name", "Somebody")

    def emails(self):
        return sorted(row["email"] for row in self.json("user", "list"))

    def ask(self, question):
        """Ask the database from this process, and let go of it again."""
        try:
            with self.app.app_context(), self.app.test_request_context():
                try:
                    return question()
                finally:
                    db.session.remove()
        finally:
            self.let_go()


@pytest.fixture
def place(tmp_path, live_database_url):
    found = Place(tmp_path, live_database_url)
    found.idp("init")
    yield found
    found.server.stop()


@pytest.fixture
def postgres_place(tmp_path):
    with postgres_database() as url:
        found = Place(tmp_path, url)
        found.idp("init")
        yield found
        found.server.stop()


def pack(path, manifest, files):
    """An archive as somebody else may write it."""
    with tarfile.open(path, "w") as tar:
        for name, body in {"manifest.json": json.dumps(manifest).encode(), **files}.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))


def unpack(path):
    with tarfile.open(path) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    return json.loads(files.pop("manifest.json")), files


def test_a_database_comes_back_as_it_was_and_both_acts_are_on_record(place):
    place.add(ALICE)
    made = place.json("db", "backup", place.copy)
    assert made["key_files"] == ["kek-0001.key"]
    assert stat.S_IMODE(place.copy.stat().st_mode) == 0o600
    manifest, files = unpack(place.copy)
    assert list(files) == list(manifest["files"]) == [archive.DUMPS[made["database"]]]
    assert (manifest["issuer"], manifest["revision"]) == (place.server.issuer, schema_head(place))
    assert (place.folder / "keys" / "kek-0001.key").read_text().strip() not in place.copy.read_bytes().decode("latin-1")
    place.add(BOB)
    place.idp("db", "restore", place.copy, code=CONFLICT)
    assert place.emails() == [ALICE, BOB]
    before = place.ask(newest_id), place.ask(feed.newest)
    answer = place.json("db", "restore", place.copy, "--yes")
    assert answer["next"] == ["idp audit verify", "idp doctor"]
    assert answer["missing_keys"] == []
    assert place.emails() == [ALICE]
    newest = place.json("audit", "list", "--limit", "1")[0]
    assert (newest["event"], newest["actor"][:4], newest["id"]) == ("database.restored", "cli:", before[0] + 1)
    assert newest["detail"]["sha256"] == made["sha256"]
    assert place.ask(feed.newest) > before[1]
    place.add(BOB)
    assert place.json("audit", "list", "--limit", "1")[0]["id"] > newest["id"]
    assert place.json("audit", "verify")["intact"] is True
    place.idp("db", "check")
    place.idp("db", "backup", place.copy, code=CONFLICT)
    place.idp("db", "backup", place.copy, "--force")
    backed = place.json("audit", "list", "--event", "database.backed_up")
    assert backed[0]["detail"]["file"] == "copy.tar"
    assert str(place.folder) not in json.dumps(backed)
    assert not [path for path in place.folder.iterdir() if path.name.startswith(".")]


def schema_head(place):
    return place.json("db", "current")["head"]


def test_an_empty_database_is_filled_without_a_question_and_its_keys_come_along_where_asked(
    place, tmp_path_factory, database_url
):
    place.add(ALICE)
    place.idp("db", "backup", place.copy, "--with-keys")
    folder = tmp_path_factory.mktemp("other")
    if place.url:
        place.ask(lambda: db.drop_all())
        place.ask(lambda: exec_all("DROP TABLE alembic_version"))
    other = Place(folder, place.url, ISSUER=place.server.issuer)
    assert "cannot be checked" in other.idp("db", "restore", place.copy, code=CONFLICT).stderr
    answer = other.json("db", "restore", place.copy, "--force")
    assert (answer["missing_keys"], answer["is_ours"]) == (["kek-0001.key"], False)
    said = other.idp("db", "restore", place.copy, "--yes", "--force").stdout
    assert "kek-0001.key" in said
    assert "could not be checked whose" in said
    assert other.json("db", "restore", place.copy, "--yes", "--with-keys", "--force")["missing_keys"] == []
    assert other.json("db", "restore", place.copy, "--yes")["is_ours"] is True
    kept = folder / "keys" / "kek-0001.key"
    assert kept.read_text() == (place.folder / "keys" / "kek-0001.key").read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert other.emails() == [ALICE]
    kept.write_text("another\n")
    words = ("db", "restore", place.copy, "--yes", "--with-keys", "--force")
    assert "another key" in other.idp(*words, code=CONFLICT).stderr
    other.server.stop()


def exec_all(statement):
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def test_an_archive_of_before_a_migration_is_restored_and_then_upgraded(place):
    place.ask(lambda: command.downgrade(schema._config(), "0010"))
    place.idp("db", "backup", place.copy)
    place.idp("db", "upgrade")
    answer = place.json("db", "restore", place.copy, "--yes")
    assert answer["next"][0] == "idp db upgrade"
    assert answer["pending"] > 0
    place.idp("db", "upgrade")
    place.idp("db", "check")
    assert [row["event"] for row in place.json("audit", "list", "--event", "database.*")] == ["database.restored"]


@pytest.mark.parametrize(("damage", "says", "code"), [
    (lambda manifest, files: flip(files), "is damaged", FAILED),
    (lambda manifest, files: files.clear(), "is missing", FAILED),
    (lambda manifest, files: manifest["files"].update({"../evil": "0"}), "no backup that this version", FAILED),
    (lambda manifest, files: manifest["files"].update({"keys/../../evil.key": "0"}), "no backup that this", FAILED),
    (lambda manifest, files: manifest.update(format="idp-backup-9"), "no backup that this version", FAILED),
    (lambda manifest, files: manifest.update(revision="9999"), "does not know", CONFLICT),
    (lambda manifest, files: manifest.update(revision=None), "does not know", CONFLICT),
    (lambda manifest, files: swap(manifest), "this server has", CONFLICT),
], ids=range(8))  # fmt: skip
def test_what_is_damaged_or_does_not_fit_is_refused_before_anything_changes(place, damage, says, code):
    place.add(ALICE)
    place.idp("db", "backup", place.copy)
    place.add(BOB)
    manifest, files = unpack(place.copy)
    damage(manifest, files)
    pack(place.copy, manifest, files)
    assert says in place.idp("db", "restore", place.copy, "--yes", "--force", code=code).stderr
    assert place.emails() == [ALICE, BOB]


def flip(files):
    ((name, body),) = files.items()
    middle = len(body) // 2
    files[name] = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


def swap(manifest):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[manifest["database"]]
    manifest.update(database=other, files={archive.DUMPS[other]: "0"})


def test_what_is_cut_off_or_no_archive_is_refused(place):
    place.idp("db", "backup", place.copy)
    whole = place.copy.read_bytes()
    for body in (whole[: len(whole) // 2], b"", b"x" * 5000, whole[:700]):
        place.copy.write_bytes(body)
        assert "damaged" in place.idp("db", "restore", place.copy, "--yes", code=FAILED).stderr
    assert place.emails() == []
    assert "no folder" in place.idp("db", "backup", place.folder / "nowhere" / "x.tar", code=FAILED).stderr


def test_a_dump_that_is_no_database_leaves_everything_as_it_was(place):
    """Its digest may fit: whoever can write an archive can write its manifest, too."""
    place.idp("db", "backup", place.copy)
    place.add(BOB)
    manifest, files = unpack(place.copy)
    ((name, body),) = files.items()
    body = body[:4096] + b"\xff" * (len(body) - 4096)
    manifest["files"][name] = hashlib.sha256(body).hexdigest()
    pack(place.copy, manifest, {name: body})
    place.idp("db", "restore", place.copy, "--yes", "--force", code=FAILED)
    assert place.emails() == [BOB]


@pytest.mark.parametrize("change", [
    lambda manifest: manifest.update(version="9.9"),
    lambda manifest: manifest.update(code=None),
    lambda manifest: manifest.pop("code"),
    lambda manifest: manifest.update(code="0" * 64),
], ids=range(4))  # fmt: skip
def test_a_backup_that_another_house_made_or_somebody_changed_is_refused(place, change):
    place.add(ALICE)
    place.idp("db", "backup", place.copy)
    place.add(BOB)
    manifest, files = unpack(place.copy)
    change(manifest)
    pack(place.copy, manifest, files)
    assert "made by another house or changed" in place.idp("db", "restore", place.copy, "--yes", code=CONFLICT).stderr
    assert place.emails() == [ALICE, BOB]
    assert place.json("db", "restore", place.copy, "--yes", "--force")["is_ours"] is False
    assert place.emails() == [ALICE]


@pytest.mark.parametrize(("number", "is_named", "says"), [
    ("0000", True, "would be the oldest key"), ("0002", True, "would be the newest key"), ("0001", False, "not among"),
    ("0000", False, "not among"), ("١٢٣٤", True, "no backup that this version"),
])  # fmt: skip
def test_a_key_of_an_archive_that_would_take_the_place_of_ours_is_not_taken(place, number, is_named, says):
    """The oldest key is what others are derived from, and the newest one seals: an archive chooses neither."""
    place.add(ALICE)
    place.idp("db", "backup", place.copy, "--with-keys")
    manifest, files = unpack(place.copy)
    name, body = f"kek-{number}.key", base64.b64encode(b"k" * 32)
    manifest["files"][f"keys/{name}"] = files[f"keys/{name}"] = body
    manifest["files"][f"keys/{name}"] = hashlib.sha256(body).hexdigest()
    if is_named:
        manifest["sealed_with"][name] = hashlib.sha256(body).hexdigest()[:16]
    pack(place.copy, manifest, files)
    if number == "0001":
        (place.folder / "keys" / "kek-0001.key").rename(place.folder / "keys" / "kek-0003.key")
    before = sorted(each.name for each in (place.folder / "keys").iterdir())
    said = place.idp("db", "restore", place.copy, "--yes", "--with-keys", "--force", code=None).stderr
    assert says in said
    assert sorted(each.name for each in (place.folder / "keys").iterdir()) == before


def test_a_key_between_ours_is_taken(place):
    keys = place.folder / "keys"
    for number in (2, 3):
        (keys / f"kek-000{number}.key").write_bytes(base64.b64encode(bytes([number]) * 32))
        (keys / f"kek-000{number}.key").chmod(0o600)
    place.idp("db", "backup", place.copy, "--with-keys")
    (keys / "kek-0002.key").unlink()
    place.idp("db", "restore", place.copy, "--yes", "--with-keys")
    assert (keys / "kek-0002.key").exists()


def test_nothing_is_replaced_while_a_worker_was_just_at_work(place):
    place.add(ALICE)
    place.idp("db", "backup", place.copy)
    place.ask(heartbeat.beat)
    assert "a worker was at work" in place.idp("db", "restore", place.copy, "--yes", code=CONFLICT).stderr
    place.idp("db", "restore", place.copy, "--yes", "--force")


def test_nothing_is_replaced_while_somebody_has_the_database_open(place):
    place.add(ALICE)
    place.idp("db", "backup", place.copy)
    place.add(BOB)
    if place.url:
        with psycopg.connect(place.url):
            assert "1 other" in place.idp("db", "restore", place.copy, "--yes", code=CONFLICT).stderr
            place.idp("db", "restore", place.copy, "--yes", "--force")
        assert place.emails() == [ALICE]
        return
    with closing(sqlite3.connect(place.folder / "var" / "idp.db")) as other:
        other.execute("SELECT count(*) FROM users").fetchone()
        for more in ((), ("--force",)):
            assert "is open in another" in place.idp("db", "restore", place.copy, "--yes", *more, code=CONFLICT).stderr
    assert place.emails() == [ALICE, BOB]


def test_a_running_server_is_backed_up_and_is_in_the_way_of_a_restore(live, live_database_url, tmp_path):
    server = live(database_url=live_database_url)
    copy = tmp_path / "copy.tar"
    server.idp("db", "backup", str(copy))
    refused = server.idp("db", "restore", str(copy), "--yes", check=False)
    assert refused.returncode == CONFLICT, refused.stderr


def test_on_a_terminal_the_host_is_typed(place, monkeypatch):
    place.idp("db", "backup", place.copy)
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True, raising=False)
    words = ("db", "restore", place.copy, "--force")
    said = place.idp(*words, code=FAILED, text="yes\n").stderr
    assert "nothing was changed" in said
    assert "will be lost" in said
    place.idp(*words, text=place.server.issuer.removeprefix("http://") + "\n")


def test_of_sqlite_every_copy_is_of_one_moment_while_others_write(tmp_path):
    """Each of the writer's transactions writes both tables; what is in the log only is copied, too."""
    place = Place(tmp_path, "")
    place.idp("init")
    file, stop = tmp_path / "var" / "idp.db", threading.Event()
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("CREATE TABLE one (n INTEGER)")
        reader.execute("CREATE TABLE two (n INTEGER)")
        reader.execute("PRAGMA wal_autocheckpoint=0")
        writer = threading.Thread(target=write_pairs, args=(file, stop))
        writer.start()
        try:
            copies = []
            for number in range(4):
                copy = tmp_path / f"{number}.tar"
                least = reader.execute("SELECT count(*) FROM one").fetchone()[0]
                place.idp("db", "backup", copy)
                copies.append((least, copy))
        finally:
            stop.set()
            writer.join()
        assert (tmp_path / "var" / "idp.db-wal").stat().st_size > 0
    for least, copy in copies:
        _manifest, files = unpack(copy)
        path = tmp_path / "unpacked"
        path.write_bytes(files["database.sqlite3"])
        with closing(sqlite3.connect(path)) as found:
            counts = [found.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("one", "two")]
            assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert counts[0] == counts[1] >= least
    assert copies[-1][0] > copies[0][0]


def write_pairs(file, stop):
    with closing(sqlite3.connect(file, timeout=15, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        # SQLite's lock has no queue: who takes it again at once would keep everybody else out.
        while not stop.wait(0.005):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO one VALUES (1)")
            connection.execute("INSERT INTO two VALUES (1)")
            connection.execute("COMMIT")


def test_of_sqlite_a_file_that_cannot_be_read_is_replaced_and_its_log_goes(tmp_path):
    place = Place(tmp_path, "")
    place.idp("init")
    place.add(ALICE)
    place.idp("db", "backup", place.copy)
    file = tmp_path / "var" / "idp.db"
    file.write_bytes(b"no database at all" * 300)
    file.with_name("idp.db-wal").write_bytes(b"a log of something else" * 300)
    place.idp("db", "restore", place.copy, code=CONFLICT)
    place.idp("db", "restore", place.copy, "--yes")
    assert place.emails() == [ALICE]


def test_of_postgresql_a_restore_that_fails_leaves_what_was_there(postgres_place):
    place = postgres_place
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA somebody_elses")
    place.idp("db", "backup", place.copy)
    place.add(BOB)
    assert "psql failed" in place.idp("db", "restore", place.copy, "--yes", code=FAILED).stderr
    assert place.emails() == [BOB]


def test_of_postgresql_a_dump_is_not_run_by_programs_that_would_run_commands_of_it(
    postgres_place, monkeypatch, tmp_path
):
    """Older ones forbid psql's own commands nowhere (CVE-2025-8714)."""
    place, older = postgres_place, tmp_path / "pg_restore"
    place.idp("db", "backup", place.copy)
    place.add(BOB)
    real = {name: postgres.shutil.which(name) for name in ("psql", "pg_restore")}
    older.write_text(
        f'#!/bin/sh\n{real["pg_restore"]} "$@" || exit 1\n'
        'for word; do case $word in --file=*) sed -i "/^.\\(un\\)\\?restrict /d" "${word#--file=}";; esac; done\n'
    )
    older.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(postgres.shutil, "which", {**real, "pg_restore": str(older)}.get)
        assert "too old to restore" in place.idp("db", "restore", place.copy, "--yes", code=CONFIG).stderr
    assert place.emails() == [BOB]
    place.idp("db", "restore", place.copy, "--yes")
    assert place.emails() == []


@pytest.mark.parametrize("script", [
    b"-- Dumped from database version 15\n\\restrict x\n", b"SET x = 1;\n", b"", b"--\n-- \\restrict x\n",
    b"-- PostgreSQL database dump\n\\restrict x y\n",
])  # fmt: skip
def test_a_line_of_the_dump_itself_forbids_nothing(tmp_path, script):
    place = tmp_path / "restore.sql"
    place.write_bytes(script)
    with pytest.raises(RefusedBackup):
        postgres._check_restricted(place)
    place.write_bytes(b"--\n-- PostgreSQL database dump\n--\n\n\\restrict aB9\n\n" + script)
    postgres._check_restricted(place)


def test_the_programs_of_postgresql_get_the_password_in_their_environment_only(monkeypatch):
    asked_for = []

    def run(words, **values):
        asked_for.append((words, values["env"]))
        return subprocess.CompletedProcess(words, 0, b"", b"")

    address = "postgresql+psycopg://idp:s3cret%40word@db.example.com:6432/ours?sslmode=require"
    monkeypatch.setenv("IDP_DATABASE__URL", "postgresql://idp:s3cret%40word@db.example.com/ours")
    monkeypatch.setattr(postgres, "find_program", lambda name: name)
    monkeypatch.setattr(postgres, "settings", lambda: type("Settings", (), {"database_url": address}))
    monkeypatch.setattr(postgres.subprocess, "run", run)
    postgres.dump(pathlib.Path("/nowhere/x"))
    ((words, environment),) = asked_for
    assert "s3cret" not in " ".join(words)
    assert "db.example.com" not in " ".join(words)
    wanted = {"PGPASSWORD": "s3cret@word", "PGHOST": "db.example.com", "PGPORT": "6432", "PGUSER": "idp",
              "PGDATABASE": "ours", "PGSSLMODE": "require"}  # fmt: skip
    assert wanted.items() <= environment.items()
    assert not [name for name in environment if name.startswith("IDP_")]


def test_where_postgresqls_programs_are_missing_it_says_what_to_install(postgres_place, monkeypatch):
    place = postgres_place
    monkeypatch.setattr(postgres.shutil, "which", lambda _name: None)
    monkeypatch.setattr(postgres, "_FOLDERS", ())
    assert "postgresql-client" in place.idp("db", "backup", place.copy, code=CONFIG).stderr
    assert not place.copy.exists()


def test_programs_that_are_not_on_the_path_are_found_the_newest_first(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres.shutil, "which", lambda _name: None)
    for number in ("9", "14", "16"):
        (tmp_path / number / "bin").mkdir(parents=True)
        (tmp_path / number / "bin" / "pg_dump").touch()
    (tmp_path / "17" / "bin").mkdir(parents=True)
    monkeypatch.setattr(postgres, "_FOLDERS", (f"{str(tmp_path).lstrip('/')}/*/bin",))
    assert postgres.find_program("pg_dump") == str(tmp_path / "16" / "bin" / "pg_dump")


def test_numbers_go_on_and_every_process_forgets_after_the_tables_were_set_back(context):
    heard = []
    feed.on_change("test-restart")(heard.append)
    feed.sync()
    for number in range(3):
        feed.publish("test-restart", str(number))
    feed.sync()
    reached, last = feed.newest(), newest_id()
    with db.engine.begin() as connection:
        connection.execute(Change.__table__.delete())
    heard.clear()
    feed.restart(reached)
    feed.publish("test-restart", "after")
    feed.sync()
    assert heard == ["*", "after"]
    record_alone(Tag.DATABASE_RESTORED, after=last + 100)
    record_alone(Tag.DATABASE_BACKED_UP, after=3)
    ids = [row.id for row in db.session.query(Event).order_by(Event.id.desc()).limit(2)]
    assert ids == [last + 102, last + 101]


def test_a_production_server_without_a_backup_of_a_week_gets_a_hint(asked, context):  # noqa: F811
    assert asked(checks_backup.backup, **PRODUCTION) == "!"
    assert asked(checks_backup.backup) == "✓"
    record_alone(Tag.DATABASE_BACKED_UP, file="x.tar")
    assert asked(checks_backup.backup, **PRODUCTION) == "✓"
    with transaction() as session:
        session.execute(update(Event).values(at=now() - timedelta(days=8)))
    assert asked(checks_backup.backup, **PRODUCTION) == "!"
    assert asked(checks_backup.backup) == "✓"


def test_the_hint_leads_to_a_page_that_is_there(make_app, context):
    with make_app(**PRODUCTION).app_context():
        (finding,) = checks_backup.backup()
    assert (pathlib.Path(__file__).parent.parent.parent / finding.doc).is_file()


def test_the_console_says_when_the_last_backup_was_made_and_hands_none_out(app, factory, context):
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    browser.get("/admin/settings/maintenance")
    assert "The audit trail knows of no backup" in browser.text
    assert "idp db backup idp-$(date +%F).tar" in browser.text
    record_alone(Tag.DATABASE_BACKED_UP, file="x.tar")
    browser.get("/admin/settings/maintenance")
    assert "The last backup was made" in browser.text
    assert not [rule for rule in app.url_map.iter_rules() if "backup" in rule.rule]


def test_after_a_restore_the_copy_it_came_from_counts_as_the_last_backup(place):
    assert place.ask(find_last) is None
    place.idp("db", "backup", place.copy)
    made_at = unpack(place.copy)[0]["at"]
    place.idp("db", "restore", place.copy, "--yes")
    assert place.ask(find_last) == datetime.fromisoformat(made_at)


def test_a_restore_names_who_was_erased_since_and_what_goes_on(place):
    place.add(ALICE)
    place.add(BOB)
    alice, bob = (row["id"] for row in sorted(place.json("user", "list"), key=lambda row: row["email"]))
    place.idp("user", "delete", bob, "--at-once", "--yes")
    place.ask(lambda: jobs.start(jobs.draft("unknown", b"", total=1)))
    place.idp("db", "backup", place.copy)
    place.idp("user", "delete", alice, "--at-once", "--yes")
    said = place.idp("db", "restore", place.copy, "--yes").stdout
    assert f"idp user delete {alice} --at-once --yes" in said
    assert bob not in said, "Bob was erased before, and is not back"
    assert "1 imports, purges or other long works go on" in said
    assert "Events that were purged since are back" in said
    answer = place.json("db", "restore", place.copy, "--yes")
    assert (answer["erased_since"], answer["open_jobs"]) == ([], 1)


def test_a_database_that_cannot_be_read_names_nobody(tmp_path):
    place = Place(tmp_path, "")
    place.idp("init")
    place.idp("db", "backup", place.copy)
    (tmp_path / "var" / "idp.db").write_bytes(b"no database at all" * 300)
    assert "named nobody" in place.idp("db", "restore", place.copy, "--yes").stdout
