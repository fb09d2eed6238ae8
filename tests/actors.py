"""The people and programs of the tests: a browser and a relying party."""

import base64
import hashlib
import secrets
from html.parser import HTMLParser
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from tests.factories import PASSWORD, REDIRECT
from tests.services import test_client

ISSUER = "https://id.example.com"


class Form:
    """A form of a page, as a browser sees it."""

    def __init__(self, action, method) -> None:
        self.action, self.method, self.fields, self.buttons = action, method, {}, []


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms, self.current, self.title, self._in_title, self._select = [], None, "", False, None
        self._area = None

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.current = Form(values.get("action"), values.get("method", "get").lower())
            self.forms.append(self.current)
        elif tag == "title":
            self._in_title = True
        elif self.current is not None and values.get("name"):
            self._field(tag, values)
        elif tag == "option" and self._select and ("selected" in values or self.current.fields[self._select] is None):
            self.current.fields[self._select] = values.get("value", "")

    def _field(self, tag, values):
        name, kind = values["name"], values.get("type", "text")
        if tag == "button" or kind == "submit":
            self.current.buttons.append((name, values.get("value", "")))
        elif tag == "select":
            self._select = name
            self.current.fields[name] = None
        elif tag == "textarea":
            self._area = name
            self.current.fields[name] = ""
        elif tag == "input":
            if kind in {"checkbox", "radio"} and "checked" not in values:
                self.current.fields.setdefault(name, None)
            else:
                self._keep(name, kind, values.get("value", "on" if kind in {"checkbox", "radio"} else ""))

    def _keep(self, name, kind, value):
        """Remember a value; several boxes or hidden fields of one name are sent together."""
        before = self.current.fields.get(name)
        if before is None or kind not in {"checkbox", "hidden"}:
            self.current.fields[name] = value
        else:
            self.current.fields[name] = [*([before] if isinstance(before, str) else before), value]

    def handle_endtag(self, tag):
        if tag == "form":
            self.current = None
        elif tag == "title":
            self._in_title = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._in_title:
            self.title += data
        if self._area and self.current is not None:
            written = self.current.fields[self._area] + data
            self.current.fields[self._area] = written.replace("\r\n", "\n").removeprefix("\n")


class Browser:
    """A person's browser without scripts: cookies, redirects on our own server, forms."""

    def __init__(self, app, client=None) -> None:
        self.app = app
        self.http = client or test_client(app)
        self.issuer = app.extensions["idp.settings"].issuer
        self.response, self.url = None, self.issuer + "/"

    def get(self, url, **values):
        """Open an address and follow the redirects that stay on our server."""
        return self._follow("GET", urljoin(self.url, url), **values)

    def post(self, url, data, **values):
        """Send a form as it is given and follow the redirects that stay on our server."""
        return self._follow("POST", urljoin(self.url, url), data=data, **values)

    def submit(self, with_field=None, button=None, /, **fields):
        """Fill in and send the form of the page that has the field or button named (or the first posting form)."""
        form = self.form(with_field)
        values = {**form.fields, **fields}
        if button:
            values.update([next(pair for pair in form.buttons if button in pair)])
        values = {name: value for name, value in values.items() if value is not None}
        return self.post(urljoin(self.url, form.action or self.url), values)

    def form(self, with_field=None):
        """Return the form of the page that has a field or button of that name, else the first posting form."""
        parser = _Forms()
        parser.feed(self.text)
        for form in parser.forms:
            names = {*form.fields, *(name for name, _value in form.buttons)}
            if form.method == "post" and (with_field in names if with_field else True):
                return form
        raise AssertionError(f"no form with {with_field!r} on {self.url}: {self.text[:2000]}")

    def press(self, address):
        """Send the form of the page that goes to an address ending like this, as it is: a button of its own."""
        parser = _Forms()
        parser.feed(self.text)
        form = next(form for form in parser.forms if form.method == "post" and (form.action or "").endswith(address))
        return self.post(form.action, {name: value for name, value in form.fields.items() if value is not None})

    @property
    def text(self):
        return self.response.get_data(as_text=True)

    @property
    def title(self):
        parser = _Forms()
        parser.feed(self.text)
        return parser.title.strip()

    @property
    def status(self):
        return self.response.status_code

    @property
    def path(self):
        return urlsplit(self.url).path

    def cookie(self, name):
        """The value of one of our cookies, or None."""
        found = self.http.get_cookie(f"__Host-idp_{name}", domain=urlsplit(self.issuer).hostname)
        return found.value if found else None

    def sign_in(self, email, password=PASSWORD, **fields):
        """Open the sign-in page and sign in."""
        self.get("/login")
        return self.submit("identifier", identifier=email, password=password, **fields)

    def _follow(self, method, url, **values):
        self.response = self.http.open(url.removeprefix(self.issuer), method=method, base_url=self.issuer, **values)
        self.url = url
        for _hop in range(10):
            if self.response.status_code not in {301, 302, 303, 307, 308}:
                return self.response
            target = urljoin(self.url, self.response.headers["Location"])
            if not target.startswith(self.issuer + "/") and target != self.issuer:
                self.left_for = target
                return self.response
            self.url = target
            self.response = self.http.get(target.removeprefix(self.issuer) or "/", base_url=self.issuer)
        raise AssertionError("too many redirects")

    left_for = None
    """The foreign address the last redirect led to."""


class RelyingParty:
    """An app that speaks OpenID Connect to the server, knowing only what a client knows."""

    def __init__(self, app, client_id, client_secret=None, redirect_uri=REDIRECT) -> None:
        self.app, self.http = app, test_client(app)
        self.client_id, self.client_secret, self.redirect_uri = client_id, client_secret, redirect_uri
        self.verifier = None

    def authorize_url(self, **parameters):
        """Build an authorization request with PKCE; None takes a parameter out."""
        self.verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        values = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect_uri,
            "scope": "openid profile email", "state": "st-1", "nonce": "no-1",
            "code_challenge": challenge, "code_challenge_method": "S256", **parameters,
        }  # fmt: skip
        return "/oauth/authorize?" + urlencode({k: v for k, v in values.items() if v is not None}, doseq=True)

    def authorize(self, browser, email=None, password=PASSWORD, decision="allow", **parameters):
        """Walk a person through sign-in and consent; return the parameters that come back to the app."""
        browser.left_for = None
        browser.get(self.authorize_url(**parameters))
        if browser.left_for is None and browser.path == "/login":
            browser.submit("identifier", identifier=email, password=password)
        if browser.left_for is None and browser.path.startswith("/consent"):
            browser.submit("decision", decision, decision=decision)
        assert browser.left_for, f"{browser.status} {browser.url} {browser.text[:1500]}"
        return self.answer(browser.left_for)

    def answer(self, url):
        """Read the answer out of the redirect."""
        assert url.startswith(self.redirect_uri), url
        parts = urlsplit(url)
        return dict(parse_qsl(parts.query or parts.fragment, keep_blank_values=True))

    def token(self, *, auth="basic", headers=None, **form):
        """Call the token endpoint."""
        return self.call("/oauth/token", auth=auth, headers=headers, **form)

    def call(self, path, *, auth="basic", headers=None, **form):
        """Call an endpoint as this client."""
        headers = dict(headers or {})
        if auth == "basic" and self.client_secret:
            pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif auth == "post":
            form = {"client_id": self.client_id, "client_secret": self.client_secret, **form}
        elif auth in {"none", "basic"}:
            form = {"client_id": self.client_id, **form}
        return self.http.post(path, data={k: v for k, v in form.items() if v is not None}, headers=headers)

    def redeem(self, code, **changes):
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code", "code": code,
            "redirect_uri": self.redirect_uri, "code_verifier": self.verifier, **changes,
        }  # fmt: skip
        return self.token(**form)

    def refresh(self, refresh_token, **changes):
        """Use a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def introspect(self, token, **form):
        """Ask about a token."""
        return self.call("/oauth/introspect", token=token, **form).json

    def revoke(self, token, **form):
        """Revoke a token."""
        return self.call("/oauth/revoke", token=token, **form)

    def userinfo(self, access_token):
        """Read the person's claims."""
        return self.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def sign_in(self, browser, email, **parameters):
        """The whole story: authorize and redeem; return the tokens."""
        answer = self.authorize(browser, email, **parameters)
        response = self.redeem(answer["code"])
        assert response.status_code == 200, response.json
        return response.json


def query(url):
    """The parameters of an address, each a list."""
    return parse_qs(urlsplit(url).query, keep_blank_values=True)
