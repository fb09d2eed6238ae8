"""An authorization request that passed every check: parsed once, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.authn.acr import TWO_FACTORS, weakest
from idp.clients.service import ClientInfo
from idp.oauth.authorize.respond import Answer
from idp.oauth.request import StrictRequest

PARAMETERS = (
    "acr_values", "claims", "claims_locales", "client_id", "code_challenge", "code_challenge_method", "display",
    "id_token_hint", "login_hint", "max_age", "nonce", "prompt", "redirect_uri", "resource", "response_mode",
    "response_type", "scope", "state", "ui_locales",
)  # fmt: skip
"""The parameters this endpoint reads; "the authorization server MUST ignore unrecognized" ones (RFC 6749 §3.1)."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an app asks for, and where the answer goes."""

    client: ClientInfo
    answer: Answer
    scopes: tuple[str, ...]
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    login_hint: str | None = None
    ui_locales: str | None = None
    acr_values: tuple[str, ...] = ()
    essential_acr: tuple[str, ...] = ()
    """When not empty, the sign-in must reach one of these (OIDC Core §5.5.1.1)."""
    claims: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The claims parameter: for `userinfo` and `id_token`, the claims we know with what is said of each."""
    resources: tuple[str, ...] = ()
    subject: str | None = None
    """The only person the answer may be about, where the request names one (OIDC Core §3.1.2.1, §5.5.1)."""

    @property
    def required_acr(self) -> str | None:
        """The class of sign-in below which the app gets nobody, by this request or by its registration."""
        return TWO_FACTORS if self.client.require_second_step else weakest(self.essential_acr)

    def claim_names(self) -> dict[str, bool]:
        """Return the claims asked for by name, each with whether it is essential (OIDC Core §5.5.1)."""
        names: dict[str, bool] = {}
        for requests in self.claims.values():
            for name, said in requests.items():
                names[name] = names.get(name, False) or bool((said or {}).get("essential"))
        return names


def keep_parameters(request: StrictRequest) -> list[list[str]]:
    """Return the parameters of a request as an interaction keeps them."""
    return [[name, value] for name in PARAMETERS for value in request.find_all(name)]


def restore_request(path: str, parameters: list[list[str]]) -> StrictRequest:
    """Make the request again out of kept parameters; it goes through every check again."""
    return StrictRequest("GET", path, [(name, value) for name, value in parameters], {})
