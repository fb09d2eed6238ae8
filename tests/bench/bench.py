"""What a request costs: CPU microseconds of the server and of its database, and database round trips.

Run it with `make bench`. It starts the server on one core, sends each scenario from the other, reads CPU time from
/proc, counts round trips on the wire of a proxy, and prints a table beside the machine's own price of a signature.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests import services
from tests.factories import REDIRECT
from tests.http_person import Person
from tests.live import LiveServer

TICK = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 4


def process_tree(root):
    """The process and its descendants."""
    children = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue.extend(children.get(pid, []))
    return found


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def signature_microseconds():
    """The machine's own price of one RSA-2048 signature."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    start = time.process_time()
    for _number in range(500):
        key.sign(b"x" * 300, padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - start) / 500 * 1e6


def load(send, seconds):
    """Send from some connections for a while; return how many requests were answered."""
    stop, counts, errors = time.monotonic() + seconds, [], []

    def work():
        count = 0
        with httpx.Client(base_url=address, headers={"Host": host}) as http:
            while time.monotonic() < stop:
                status = send(http)
                if status != 200:
                    errors.append(status)
                    return
                count += 1
        counts.append(count)

    address, host = load.address, load.host
    threads = [threading.Thread(target=work) for _number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise SystemExit(f"the server answered {errors[0]}")
    return sum(counts)


def scenarios(server):
    """Each scenario is a function that sends one request."""
    web, machine = (
        server.factory.client_with_secret(first_party=True),
        server.factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[]),
    )
    server.factory.user("bench@example.com")
    person = Person(server)
    if not person.sign_in("bench@example.com"):
        raise SystemExit("cannot sign in")
    tokens = person.tokens(*web, REDIRECT).json()
    families, lock = (
        [person.tokens(*web, REDIRECT).json()["refresh_token"] for _number in range(CONNECTIONS)],
        threading.Lock(),
    )
    local = threading.local()

    def refresh(http):
        if not hasattr(local, "token"):
            with lock:
                local.token = families.pop() if families else person.tokens(*web, REDIRECT).json()["refresh_token"]
        answer = http.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": local.token}, auth=web)
        if answer.status_code == 200:
            local.token = answer.json()["refresh_token"]
        return answer.status_code

    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return {
        "discovery": lambda http: http.get("/.well-known/openid-configuration").status_code,
        "jwks": lambda http: http.get("/oauth/jwks").status_code,
        "client credentials": lambda http: (
            http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=machine).status_code
        ),
        "introspection": lambda http: (
            http.post("/oauth/introspect", data={"token": tokens["access_token"]}, auth=web).status_code
        ),
        "userinfo": lambda http: http.get("/oauth/userinfo", headers=bearer).status_code,
        "refresh": refresh,
    }


def round_trips(send, database):
    """Statements and commits PostgreSQL saw for one request, from its own statistics; None on SQLite."""
    if database is None:
        return None
    import psycopg

    query = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"
    with psycopg.connect(database, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            before = connection.execute(query).fetchone()[0]
        except psycopg.Error:
            return None
        with httpx.Client(base_url=load.address, headers={"Host": load.host}) as http:
            for _number in range(20):
                send(http)
        return round((connection.execute(query).fetchone()[0] - before) / 20, 1)


def measure(server, names, seconds, repeats):
    pids = process_tree(server.processes[server.ports[0]].pid)
    load.address, load.host = server.addresses[0], server.host
    rows = []
    for name, send in scenarios(server).items():
        if names and name not in names:
            continue
        load(send, 0.5)
        costs = []
        for _repeat in range(repeats):
            before = cpu_seconds(pids)
            count = load(send, seconds)
            costs.append((cpu_seconds(pids) - before) / count * 1e6)
        rows.append(
            {
                "scenario": name,
                "cpu_us": round(statistics.median(costs)),
                "round_trips": round_trips(send, measure.database),
            }
        )
        print(f"{name:20} {rows[-1]['cpu_us']:6} µs   {rows[-1]['round_trips']} round trips", file=sys.stderr)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--postgres", action="store_true", help="measure on PostgreSQL (its own, or IDP_TEST_POSTGRES_URL)"
    )
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        server = LiveServer(folder)
        if arguments.postgres:
            with services.postgres_database() as url:
                run(server, url, arguments, cores, folder)
        else:
            run(server, None, arguments, cores, folder)


def run(server, url, arguments, cores, folder):
    measure.database = url
    if url:
        server.values["IDP_DATABASE__URL"] = url
    try:
        server.start("--workers", "1")
        for pid in process_tree(server.processes[server.ports[0]].pid):
            for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), cores[:1])
        os.sched_setaffinity(0, cores[-1:])
        rows = measure(server, arguments.only, arguments.seconds, arguments.repeats)
    finally:
        server.stop()
    report = {
        "rsa2048_signature_us": round(signature_microseconds()),
        "database": "PostgreSQL" if url else "SQLite",
        "rows": rows,
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
        return
    print(
        f"One RSA-2048 signature on this machine: {report['rsa2048_signature_us']} µs. Database: {report['database']}.\n"
    )
    print("| request | CPU µs | database round trips |\n|---|---|---|")
    for row in rows:
        print(
            f"| {row['scenario']} | {row['cpu_us']} | {row['round_trips'] if row['round_trips'] is not None else '-'} |"
        )


if __name__ == "__main__":
    main()
