"""A person's browser and a relying party over real HTTP, small enough for many threads."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx

from tests.actors import _Forms
from tests.factories import PASSWORD


class Person:
    """One browser of one person, against one replica of a live server."""

    def __init__(self, server, address=None) -> None:
        self.server = server
        self.http = httpx.Client(
            base_url=address or server.addresses[0], headers={"Host": server.host}, timeout=30, follow_redirects=False
        )

    def close(self):
        self.http.close()

    def _local(self, location):
        parts = urlsplit(location)
        return parts._replace(scheme="", netloc="").geturl()

    def open(self, url):
        """Open a page and follow the redirects that stay; return the last response, or the foreign address."""
        return self._walk(self.http.get(url))

    def submit(self, response, with_field, **fields):
        """Send the form of a page that has the field named."""
        parser = _Forms()
        parser.feed(response.text)
        for form in parser.forms:
            if with_field in {*form.fields, *(name for name, _value in form.buttons)}:
                values = {k: v for k, v in {**form.fields, **fields}.items() if v is not None}
                action = self._local(urljoin(str(response.request.url), form.action or ""))
                return self._walk(self.http.post(action, data=values))
        raise AssertionError(f"no form with {with_field}: {response.status_code} {response.text[:500]}")

    def _walk(self, response):
        for _hop in range(10):
            if response.status_code not in {302, 303}:
                return response
            target = urljoin(
                self.server.issuer + str(response.request.url.raw_path, "ascii"), response.headers["Location"]
            )
            if not target.startswith(self.server.issuer):
                return target
            response = self.http.get(self._local(target))
        raise AssertionError("too many redirects")

    def sign_in(self, email, password=PASSWORD):
        """Sign in; return whether the server said yes."""
        page = self.open("/login")
        answer = self.submit(page, "identifier", identifier=email, password=password)
        return not isinstance(answer, str) and answer.status_code == 200

    def tokens(self, client_id, secret, redirect_uri, scope="openid offline_access"):
        """Walk through the authorization of an app this person is signed in for; return the token response."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        target = self.open(
            "/oauth/authorize?"
            + urlencode(
                {
                    "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "scope": scope,
                    "state": "s", "code_challenge": challenge, "code_challenge_method": "S256",
                }
            )
        )  # fmt: skip
        if not isinstance(target, str):
            target = self.submit(target, "decision", decision="allow")
        assert isinstance(target, str), f"{target.status_code} {target.text[:800]}"
        code = parse_qs(urlsplit(target).query)["code"][0]
        return self.token(
            client_id,
            secret,
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=verifier,
        )

    def token(self, client_id, secret, **form):
        """Call the token endpoint."""
        return self.http.post("/oauth/token", data=form, auth=(client_id, secret))
