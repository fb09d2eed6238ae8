"""How long an import of 10,000 people takes when its process is killed in the middle: `make import-bench`."""

import argparse
import multiprocessing
import os
import pathlib
import signal
import tempfile
import time

from idp import create_app
from idp.access import service as access
from idp.accounts.importing import service
from idp.accounts.models import User
from idp.core import cipher
from idp.core.db import db
from idp.core.settings import Settings
from idp.jobs import service as jobs
from idp.jobs.models import Job
from tests import services
from tests.bench.console import sqlite_url

BCRYPT = "$2b$12$" + "a" * 53


def work(settings):
    """Do the steps of whatever waits, until nothing does or somebody kills this process."""
    app = create_app(settings)
    with app.test_request_context(base_url=services.ISSUER):
        while jobs.run_due():
            pass


def run(url, count):
    """Import; return the seconds of the reading and dry run, of both parts, and where the kill fell."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="idp-bench-"))
    cipher.create_first_key(folder)
    settings = Settings(
        mode="development", issuer=services.ISSUER, database={"url": url}, keys_dir=folder, state_dir=folder
    )
    app = create_app(settings)
    with app.test_request_context(base_url=services.ISSUER):
        db.create_all()
        access.create_built_ins()
        file = "email,name,email_verified,password_hash\n"
        file += "".join(f"person{n}@example.com,Person {n},yes,{BCRYPT}\n" for n in range(count))
        begin = time.perf_counter()
        job = service.hand_in(file.encode())
        read = time.perf_counter() - begin
        job_id = job.id
        service.start(job)
        begin = time.perf_counter()
        process = multiprocessing.get_context("spawn").Process(target=work, args=(settings,))
        process.start()
        while done_of(job_id) < count // 2:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        killed_at, until_kill = done_of(job_id), time.perf_counter() - begin
        db.session.execute(db.text("SELECT 1"))
        while not jobs.run_due():
            db.session.rollback()
            time.sleep(0.2)
        while jobs.run_due():
            pass
        total = time.perf_counter() - begin
        db.session.rollback()
        ended = db.session.get(Job, job_id, populate_existing=True)
        ended, people = (ended.state, ended.result["create"]), db.session.query(User).count()
        again = service.hand_in(file.encode()).result["foreseen"]
        db.session.remove()
        db.engine.dispose()
    assert (ended, people, again["skip"]) == (("done", count), count, count), (ended, people, again)
    return read, until_kill, killed_at, total


def done_of(job_id):
    db.session.rollback()
    return db.session.get(Job, job_id, populate_existing=True).done


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--people", type=int, default=10_000)
    asked = parser.parse_args()
    print(
        "database | people | dry run s | killed after s | at row | all s, with the wait for the lease | imported twice"
    )
    print("---|---:|---:|---:|---:|---:|---:")
    for name in asked.database or services.databases():
        with (sqlite_url if name == "sqlite" else services.postgres_database)() as url:
            read, until_kill, killed_at, total = run(url, asked.people)
        print(f"{name} | {asked.people} | {read:.1f} | {until_kill:.1f} | {killed_at} | {total:.1f} | 0", flush=True)


if __name__ == "__main__":
    main()
