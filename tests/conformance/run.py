"""Run plans of the OpenID Foundation's conformance suite against this provider: `make conformance`.

The suite must run on this machine, in its development mode, and reach https://localhost. See
docs/reference/conformance.md.
"""

import argparse
import sys
import tempfile
from fnmatch import fnmatch
from pathlib import Path

from tests.conformance.plan import configuration
from tests.conformance.provider import SecureServer
from tests.conformance.suite import Suite

PLANS = (
    "oidcc-config-certification-test-plan",
    "oidcc-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]",
    "oidcc-formpost-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]",
    "oidcc-rp-initiated-logout-certification-test-plan[response_type=code][client_registration=static_client]",
)


def run_plan(suite, plan, config, only, table):
    """Run the modules of one plan; return those that did not pass."""
    plan_id, modules = suite.create_plan(plan, config)
    print(f"\n{plan}\n{suite.address}/plan-detail.html?plan={plan_id}", flush=True)
    failed = []
    for module in modules:
        if fnmatch(module["testModule"], only):
            outcome = suite.run(plan_id, module, seconds=180)
            print(f"{outcome.result:<12}{outcome.module} ({outcome.checks} checks)", flush=True)
            for remark in outcome.remarks():
                print(f"            {remark[:400]}", flush=True)
            table.append((plan, outcome))
            failed += [] if outcome.passed else [outcome.module]
    return failed


def write_table(path, version, table):
    """Write the results as a table in Markdown."""
    lines = [f"Suite {version}", "", "| plan | module | result | checks |", "|---|---|---|---|"]
    for plan, outcome in table:
        lines.append(f"| {plan.partition('[')[0]} | `{outcome.module}` | {outcome.result} | {outcome.checks} |")
    Path(path).write_text("\n".join(lines) + "\n", "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", required=True, metavar="URL", help="address of the suite")
    parser.add_argument(
        "--plan",
        action="append",
        metavar="NAME[VARIANT=VALUE]",
        help="default: all that are listed in docs/reference/conformance.md",
    )
    parser.add_argument("--only", default="*", metavar="GLOB", help="run only the modules that match")
    parser.add_argument("--table", metavar="FILE", help="write the results as a Markdown table")
    options = parser.parse_args()
    suite, table, failed = Suite(options.suite), [], []
    with tempfile.TemporaryDirectory(prefix="idp-conformance-") as folder:
        server = SecureServer(folder)
        try:
            config = configuration(server.begin().issuer, suite.address, server.register(suite.address))
            for plan in options.plan or PLANS:
                failed += run_plan(suite, plan, config, options.only, table)
        finally:
            server.stop()
    if options.table:
        write_table(options.table, suite.version(), table)
    print(f"\n{len(table)} modules, not passed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
