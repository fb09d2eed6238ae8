"""The REST calls of the OpenID Foundation's conformance suite that one run needs."""

import json
import re
import time

import requests
import urllib3

ENDED = ("FINISHED", "INTERRUPTED")
WAITS_FOR_ROTATION = "oidcc-server-rotate-keys"


class Suite:
    """A running suite in its development mode, which asks for no sign-in of its own."""

    def __init__(self, address) -> None:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self.address = address.rstrip("/")
        self.http = requests.Session()
        self.http.verify, self.http.trust_env = False, False  # its certificate is its own

    def version(self):
        return self._call("GET", "server")["version"]

    def create_plan(self, text, config):
        """Create a plan written as `name[variant=value]…`; return its id and its modules."""
        variant = dict(re.findall(r"\[([^=\]]+)=([^\]]*)\]", text))
        plan = self._call("POST", "plan", config, planName=text.partition("[")[0], variant=json.dumps(variant))
        return plan["id"], plan["modules"]

    def run(self, plan_id, module, seconds, rotate_keys):
        """Run a module to its end; return how it ended."""
        variant = json.dumps(module.get("variant") or {})
        test_id = self._call("POST", "runner", plan=plan_id, test=module["testModule"], variant=variant)["id"]
        if module["testModule"] == WAITS_FOR_ROTATION and self._wait(test_id, seconds, ["CONFIGURED"]):
            rotate_keys()
            self._call("POST", f"runner/{test_id}")
        if not self._wait(test_id, seconds, ENDED):
            self._call("DELETE", f"runner/{test_id}")
            self._wait(test_id, 30, ENDED)
        about = self._call("GET", f"info/{test_id}")
        return Outcome(module["testModule"], about, self._call("GET", f"log/{test_id}"))

    def _wait(self, test_id, seconds, states):
        """Wait until a module is in one of the states; the suite holds the question for a few seconds at a time."""
        end = time.monotonic() + seconds
        state = None
        while state is None and time.monotonic() < end:
            answer = self._call("GET", f"runner/{test_id}/wait-state", states=",".join(states), timeoutMs=10_000)
            state = answer.get("state")
        return state

    def _call(self, method, path, body=None, **query):
        address = f"{self.address}/api/{path}"
        answer = self.http.request(method, address, params=query, json=body, timeout=60)
        if answer.status_code not in {200, 201, 404}:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:800]}")
        return answer.json() if answer.content else {}


class Outcome:
    """How a module ended."""

    def __init__(self, module, about, log) -> None:
        self.module, self.status, self.log = module, about.get("status"), log
        self.result = about.get("result") or "UNKNOWN"
        if self.status == "INTERRUPTED" and self.result != "FAILED":
            self.result = "INTERRUPTED"

    @property
    def passed(self):
        """Whether the suite has nothing against us; REVIEW asks a person to look at a screenshot."""
        return self.result in {"PASSED", "REVIEW", "SKIPPED"}

    @property
    def checks(self):
        """How many checks of the suite succeeded."""
        return sum(1 for entry in self.log if entry.get("result") == "SUCCESS")

    def remarks(self):
        """What the suite says against us, or why it left something out."""
        wanted = {"FAILURE", "WARNING"}
        for entry in self.log:
            if entry.get("result") in wanted:
                more = {
                    name: entry[name] for name in ("expected", "actual", "error", "requirements") if entry.get(name)
                }
                message = str(entry.get("msg")).partition("\n")[0]
                yield f"{entry['result']} {entry.get('src')}: {message} {more or ''}".strip().replace("\n", " ")
            elif str(entry.get("msg", "")).startswith("The test was skipped"):
                yield entry["msg"]
