"""Run plans of the OpenID Foundation's conformance suite against this provider: `make conformance`.

The suite must run on this machine, in its development mode, and reach https://localhost. See
docs/reference/conformance.md.
"""

import argparse
import itertools
import sys
import tempfile
from fnmatch import fnmatch
from pathlib import Path

from tests.conformance.plan import configuration
from tests.conformance.provider import METHODS, SecureServer
from tests.conformance.suite import Suite

PLANS = (
    "oidcc-config-certification-test-plan",
    "oidcc-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]",
    "oidcc-rp-initiated-logout-certification-test-plan[response_type=code][client_registration=static_client]",
    "oidcc-backchannel-rp-initiated-logout-certification-test-plan[response_type=code][client_registration=static_client]",
)


def run_plan(suite, server, plan, config, only):
    """Run the modules of one plan; return how each ended."""
    plan_id, modules = suite.create_plan(plan, config)
    print(f"\n{plan}\n{suite.address}/plan-detail.html?plan={plan_id}", flush=True)
    outcomes = []
    for module in modules:
        if fnmatch(module["testModule"], only):
            outcome = suite.run(plan_id, module, seconds=180, rotate_keys=lambda: server.idp("key", "rotate"))
            print(f"{outcome.result:<12}{outcome.module} ({outcome.checks} checks)", flush=True)
            for remark in outcome.remarks():
                print(f"            {remark[:400]}", flush=True)
            outcomes.append(outcome)
    return outcomes


def run_on_a_house_of_its_own(suite, plan, options):
    """Run one plan: what another left signed in, or waits to be told of its end, would be unexpected here."""
    with tempfile.TemporaryDirectory(prefix="idp-conformance-") as folder:
        server = SecureServer(folder)
        try:
            clients = server.begin().register(suite.address, options.auth, hears_of_ends="backchannel" in plan)
            config = configuration(server.issuer, suite.address, clients)
            return run_plan(suite, server, plan, config, options.only)
        finally:
            server.stop()


def write_tables(path, version, results):
    """Write the results of every plan as tables in Markdown."""
    lines = [f"Release {version} of the suite.", ""]
    for plan, outcomes in results.items():
        lines += [f"## `{plan}`", "", "| module | result | checks |", "|---|---|---|"]
        lines += [f"| `{outcome.module}` | {outcome.result} | {outcome.checks} |" for outcome in outcomes]
        lines.append("")
    Path(path).write_text("\n".join(lines), "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", required=True, metavar="URL", help="address of the suite")
    parser.add_argument(
        "--plan",
        action="append",
        metavar="NAME[VARIANT=VALUE]",
        help="default: all that are listed in docs/reference/conformance.md",
    )
    parser.add_argument("--auth", default="client_secret_basic", choices=METHODS, help="of the clients")
    parser.add_argument("--only", default="*", metavar="GLOB", help="run only the modules that match")
    parser.add_argument("--table", metavar="FILE", help="write the results as a Markdown")
    options = parser.parse_args()
    suite = Suite(options.suite)
    results = {plan: run_on_a_house_of_its_own(suite, plan, options) for plan in options.plan or PLANS}
    if options.table:
        write_tables(options.table, suite.version(), results)
    outcomes = list(itertools.chain.from_iterable(results.values()))
    failed = [outcome.module for outcome in outcomes if not outcome.passed]
    print(f"\n{len(outcomes)} modules, not passed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
