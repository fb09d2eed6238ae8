"""A person's browser on real HTTP: it walks between the app and the provider, keeps cookies and fills forms in."""

from urllib.parse import urljoin

import requests

from tests.actors import Browser


class Person(Browser):
    """The browser of the tests, on sockets: it follows redirects to every host."""

    def __init__(self, issuer) -> None:
        self.issuer, self.url, self.response = issuer, issuer + "/", None
        self.http = requests.Session()
        self.http.headers["Accept"] = "text/html"
        self.http.trust_env = False

    @property
    def text(self):
        return self.response.text

    @property
    def answer(self):
        """What the app says, read from its JSON."""
        assert self.response.headers["Content-Type"].startswith("application/json"), (
            f"{self.status} {self.url} {self.title}"
        )
        return self.response.json()

    def sign_in_at_the_app(self, relying_party, email, password, decision="allow"):
        """Press "Sign in" at the app, sign in at the provider if it asks, decide on its consent page; return the answer."""
        self.get(relying_party.url + "/login")
        if self.path == "/login" and self.url.startswith(self.issuer):
            self.submit("identifier", identifier=email, password=password)
        if self.path.startswith("/consent"):
            self.submit("decision", decision)
        return self.answer

    def sign_out_at_the_app(self, relying_party):
        """Press "Sign out" at the app and agree if the provider asks; return what the app says then."""
        self.get(relying_party.url + "/logout")
        if not self.url.startswith(relying_party.url):
            self.submit("decision", "sign_out")
        return self.answer

    def _follow(self, method, url, **values):
        self.url = url
        self.response = self.http.request(method, url, allow_redirects=False, timeout=30, **values)
        for _hop in range(10):
            if "Location" not in self.response.headers:
                return self.response
            self.url = urljoin(self.url, self.response.headers["Location"])
            self.response = self.http.get(self.url, allow_redirects=False, timeout=30)
        raise AssertionError("too many redirects")

    def close(self):
        self.http.close()
