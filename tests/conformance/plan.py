"""What the suite is told: where our pages are, and what its scripted person does on each of them."""

ALIAS = "idp"
EMAIL, PASSWORD = "alice@example.com", "correct horse battery staple"

MAY_REFUSE = (
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-redirect-uri-query-added",
    "oidcc-response-type-missing",
)
"""Modules that may end on our error page instead of going back to the suite."""
SIGN_IN_TWICE = ("oidcc-max-age-1", "oidcc-prompt-login")
"""Modules that want to see the second sign-in page."""


def task(name, address, commands=(), *, optional=True):
    return {"task": name, "match": address, "commands": list(commands), "optional": optional}


def see(text):
    """Wait for a text and hand the page in as the screenshot that the module may ask for."""
    return ["wait", "xpath", "//*", 10, text, "update-image-placeholder-optional"]


class Script:
    """The person's walk through an authorization."""

    def __init__(self, issuer, suite) -> None:
        self.issuer, self.suite = issuer, suite

    def walk(self, *, look=False, may_refuse=False):
        """Sign in and agree where we ask for it, and arrive at the suite; or see our error page."""
        sign_in = [
            ["text", "name", "identifier", EMAIL, "optional"],
            ["text", "name", "password", PASSWORD],
            ["click", "css", "main form button[type=submit]"],
        ]
        tasks = [
            task("Sign in", self.issuer + "/login*", [see("Password"), *sign_in] if look else sign_in),
            task("Agree", self.issuer + "/consent*", [["click", "css", "button[name=decision][value=allow]"]]),
        ]
        tasks.append(task("Go on", self.issuer + "/*", [["click", "css", "form[data-submit] button", "optional"]]))
        if may_refuse:
            tasks.append(task("Error page", self.issuer + "/oauth/authorize*", [see("request")]))
        arrived = [["wait", "id", "submission_complete", 20]]
        tasks.append(task("Back", self.suite + "/test/*/callback*", arrived, optional=may_refuse))
        return {"match": self.issuer + "/oauth/authorize*", "tasks": tasks}

    def sign_out(self):
        """Agree to sign out where we ask for it, and arrive at the suite or at our last page."""
        tasks = [
            task("Agree", self.issuer + "/logout?*", [["click", "css", "button[name=decision][value=sign_out]"]]),
            task("Signed out", self.issuer + "/logout/done*", [see("signed out")]),
            task("Back", self.suite + "/test/*/post_logout_redirect*"),
        ]
        return {"match": self.issuer + "/oauth/end_session*", "tasks": tasks}

    def overrides(self):
        yield from ((name, {"browser": [self.walk(may_refuse=True)]}) for name in MAY_REFUSE)
        yield from ((name, {"browser": [self.walk(look=True)]}) for name in SIGN_IN_TWICE)


def configuration(issuer, suite, clients):
    """Write the configuration of a plan with static clients."""
    script = Script(issuer, suite)
    return {
        "description": "idp with static clients",
        "alias": ALIAS,
        "server": {"discoveryUrl": issuer + "/.well-known/openid-configuration", "login_hint": EMAIL},
        "options": {"browsercontrol_css_enable": False},
        "browser": [script.walk(), script.sign_out()],
        "override": dict(script.overrides()),
        **clients,
    }
