"""The only reader of the HTTP request in this slice: one value a parameter, bounded, UTF-8, nothing merged.

A `StrictRequest` is built on the configured issuer, never on the socket or the Host header.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from flask import Request
from flask import request as current_request
from werkzeug.datastructures import Headers

from idp.clients.service import ClientInfo
from idp.core.settings import settings
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import NOT_A_FORM, REPEATED, TOO_LONG, UNREADABLE

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 60
_MOST_RESOURCES = 10
_LONGEST = 4096
_LONGEST_OF = {
    "acr_values": 512, "assertion": 16384, "claims": 8192, "claims_locales": 512, "client_assertion": 16384,
    "client_assertion_type": 255, "client_id": 255, "client_secret": 1024, "code": 512, "code_challenge": 255,
    "code_challenge_method": 64, "code_verifier": 255, "device_code": 512, "display": 64, "grant_type": 255,
    "id_token_hint": 16384,
    "login_hint": 512, "max_age": 32, "nonce": 1024, "prompt": 255, "redirect_uri": 2048, "refresh_token": 16384,
    "request": 49152, "request_uri": 2048, "resource": 1024, "response_mode": 64, "response_type": 255, "scope": 4096,
    "state": 4096, "token": 49152, "access_token": 49152, "token_type_hint": 64, "ui_locales": 512,
}  # fmt: skip
_NOTHING: Mapping[str, str] = MappingProxyType({})


class StrictPayload(OAuth2Payload):
    """The parameters of a request: each at most once, `resource` excepted; an empty one counts as absent."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        self.repeated = frozenset(name for name, found in values.items() if len(found) > 1 and name != "resource")
        self.too_long = frozenset(name for name, found in values.items() if _is_too_long(name, found))
        # "Parameters sent without a value MUST be treated as if they were omitted" (RFC 6749 §3.1).
        self._values = {name: kept for name, found in values.items() if (kept := [value for value in found if value])}
        self._first = {name: found[0] for name, found in self._values.items()}

    @property
    def data(self) -> Mapping[str, str]:
        """The parameters, one value each."""
        return self._first

    @property
    def datalist(self) -> dict[str, list[str]]:
        """The parameters with every value that was sent."""
        return self._values


class StrictRequest(OAuth2Request):
    """A request of the protocol, read once; below here nobody sees Flask's request."""

    payload: StrictPayload
    vouched_client: ClientInfo | None = None
    """The client this process itself asks for, which need not prove who it is; no request from outside has one."""

    def __init__(
        self, method: str, path: str, pairs: list[tuple[str, str]], headers: Headers | Mapping[str, str]
    ) -> None:
        super().__init__(method, settings().issuer + path, headers=headers)
        self.path = path
        self.payload = StrictPayload(pairs)

    @classmethod
    def back_channel(cls, request: Request | None = None) -> "StrictRequest":
        """Read a form that a program posted: its body only, every parameter once (RFC 6749 §3.2)."""
        request = request or current_request
        if request.mimetype != FORM:
            raise Refused(NOT_A_FORM, detail=f"content type {request.mimetype[:80]!r}")
        strict = cls(request.method, request.path, _pairs(request.get_data(cache=False)), request.headers)
        if strict.payload.repeated:
            raise Refused(REPEATED, detail=" ".join(sorted(strict.payload.repeated))[:200])
        if strict.payload.too_long:
            raise Refused(TOO_LONG, detail=" ".join(sorted(strict.payload.too_long))[:200])
        return strict

    @classmethod
    def front_channel(cls, request: Request | None = None) -> "StrictRequest":
        """Read what a browser brings: the address of a GET or the body of a POST, never both (RFC 6749 §3.1).

        Repeated and over-long parameters are left in `payload.repeated` and `payload.too_long`: whether they may be
        answered by a redirect depends on which they are.
        """
        request = request or current_request
        if request.method != "POST":
            return cls(request.method, request.path, _pairs(request.query_string), request.headers)
        if request.mimetype != FORM:
            raise Refused(NOT_A_FORM, detail=f"content type {request.mimetype[:80]!r}")
        # The checks that every page goes through may have read the form already; then its bytes are gone.
        read_before = "form" in vars(request)
        pairs = list(request.form.items(multi=True)) if read_before else _pairs(request.get_data(cache=False))
        return cls(request.method, request.path, pairs, request.headers)

    @classmethod
    def resource(cls, request: Request | None = None) -> "StrictRequest":
        """Read the request to a protected resource: the header, and a posted form if there is one (RFC 6750 §2)."""
        request = request or current_request
        if request.method == "POST" and request.mimetype == FORM:
            return cls.back_channel(request)
        return cls(request.method, request.path, [], request.headers)

    @classmethod
    def inside(
        cls, path: str, pairs: list[tuple[str, str]], *, client: ClientInfo | None = None, bearer: str = ""
    ) -> "StrictRequest":
        """Make a request of this process to itself, for a client it vouches for or with a token it holds."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        strict = cls("GET" if bearer else "POST", path, pairs, headers)
        strict.vouched_client = client
        return strict

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters of a posted form, one value each."""
        return self.payload.data

    @property
    def args(self) -> Mapping[str, str]:
        """Nothing: a parameter in the address is never read here; see `payload`."""
        return _NOTHING

    def find(self, name: str) -> str | None:
        """Return a parameter, or None when it is absent or empty."""
        return self.payload.data.get(name)

    def find_all(self, name: str) -> list[str]:
        """Return every value of a parameter that may repeat (RFC 8707 §2)."""
        return self.payload.datalist.get(name, [])


def is_known(name: str) -> bool:
    """Tell whether a parameter is one this server reads; what others send under any other name is theirs."""
    return name in _LONGEST_OF


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    """Decode form data strictly; raise Refused for anything that is not text (RFC 6749 appendix B)."""
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise Refused(UNREADABLE, detail=type(error).__name__) from error
    if any("\x00" in value or "\x00" in name for name, value in pairs):
        raise Refused(UNREADABLE, detail="NUL")
    return pairs


def _is_too_long(name: str, found: list[str]) -> bool:
    if name == "resource" and len(found) > _MOST_RESOURCES:
        return True
    longest = _LONGEST_OF.get(name, _LONGEST)
    return any(len(value) > longest for value in found)
