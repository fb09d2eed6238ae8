"""Sign in without a browser, through the same pages and forms a person meets (development mode)."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pyotp

_MOST_PAGES = 12
_WANTED = {"identifier", "password", "code", "decision"}


class HeadlessError(RuntimeError):
    """The pages asked for something that only a person can give."""


class _Forms(HTMLParser):
    """Every form of a page: where it posts to, its fields, and the names of its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the forms that post, with their inputs and buttons."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("method", "").lower() == "post":
            self.forms.append((values.get("action", ""), {}))
            self._open = True
        elif self._open and tag in {"input", "button"} and values.get("name") and values.get("type") != "checkbox":
            self.forms[-1][1].setdefault(values["name"], values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Stop at the end of a form."""
        if tag == "form":
            self._open = False


def sign_in(start: str, *, until: str, email: str, password: str, seed: str = "") -> dict[str, str]:
    """Walk from the authorization address to the redirect; return the parameters that came back.

    `seed` is the key of the person's authenticator app, where a second step is asked for.
    """
    answers = {"identifier": email, "password": password, "decision": "allow"}
    if seed:
        answers["code"] = pyotp.TOTP(seed).now()
    with httpx.Client(timeout=10, headers={"Accept": "text/html"}) as http:
        page = http.get(start)
        for _page in range(_MOST_PAGES):
            if location := page.headers.get("Location"):
                target = urljoin(str(page.url), location)
                if target.startswith(until):
                    return dict(parse_qsl(urlsplit(target).query))
                page = http.get(target)
            else:
                page = _submit(http, page, answers)
    raise HeadlessError("the sign-in did not come to an end")


def _submit(http: httpx.Client, page: httpx.Response, answers: dict[str, str]) -> httpx.Response:
    where = urlsplit(str(page.url)).path
    if page.status_code == 401:
        raise HeadlessError(f"{where} did not take the password or the code")
    parser = _Forms()
    parser.feed(page.text)
    known = _WANTED & answers.keys()
    form = next(((action, fields) for action, fields in parser.forms if known & fields.keys()), None)
    if form is None or page.status_code >= 400:
        raise HeadlessError(f"{where} answered {page.status_code} and has no form that a program may fill in")
    action, fields = form
    return http.post(urljoin(str(page.url), action), data=fields | {key: answers[key] for key in known & fields.keys()})
