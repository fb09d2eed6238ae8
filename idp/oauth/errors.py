"""The protocol's refusals: a code, a constant public sentence, and a private detail for log and audit.

The sentence goes to the client, the detail never does. No input of a request enters a sentence, so none of them can
hold a character that RFC 6749 §5.2 forbids (that is checked here, when the row is made).
"""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.base import invalid_error_characters

from idp.core.settings import settings

REFERENCE = "/docs/reference/errors"
"""The page that explains every refusal; `error_uri` points into it."""


@dataclass(frozen=True)
class Refusal:
    """One reason to say no, with the entry it has in the reference."""

    key: str
    error: str
    description: str
    cause: str
    fix: str
    status: int = 400

    @property
    def anchor(self) -> str:
        """The name of this refusal in the reference: `invalid_grant-code-used`."""
        return f"{self.error}-{self.key}"


REFUSALS: dict[str, Refusal] = {}
"""Every refusal by its anchor, in the order the rows are written."""


def refusal(key: str, error: str, description: str, *, cause: str, fix: str, status: int = 400) -> Refusal:
    """Add a row to the table of refusals; raise ValueError for a sentence no answer may carry (RFC 6749 §5.2)."""
    row = Refusal(key, error, description, cause, fix, status)
    if row.anchor in REFUSALS or invalid_error_characters(description):
        raise ValueError(f"refusal {row.anchor} is there already, or its description is not plain ASCII")
    REFUSALS[row.anchor] = row
    return row


class Refused(OAuth2Error):
    """A protocol request was refused.

    `detail` is for the log and the audit. `fields` are further members of the answer. When `keep` is set, what the
    request has written so far stays (a code is burnt, a family is revoked), otherwise all of it is undone. `recorded`
    says that the audit has an event of it already, one that says more.
    """

    def __init__(
        self, row: Refusal, *, detail: str = "", keep: bool = False, recorded: bool = False, **fields: Any
    ) -> None:
        super().__init__(error=row.error, description=row.description, status_code=row.status)
        self.row = row
        self.detail = detail
        self.keep = keep
        self.recorded = recorded
        self.fields = fields

    @property
    def reference(self) -> str:
        """The address of the entry that explains this refusal."""
        return f"{settings().issuer}{REFERENCE}#{self.row.anchor}"

    def get_body(self) -> list[tuple[str, Any]]:
        """Return the members of the answer (RFC 6749 §5.2)."""
        return [*super().get_body(), *self.fields.items()]

    def get_headers(self) -> list[tuple[str, str]]:
        """Return the headers of the answer; a 401 names the way to authenticate (RFC 6749 §5.2)."""
        headers = [("Content-Type", "application/json")]
        if self.status_code == 401:
            headers.append(("WWW-Authenticate", f'Basic realm="{settings().issuer}", charset="UTF-8"'))
        return headers


class BearerRefused(Refused):
    """A protected resource refused a token; the answer stands in `WWW-Authenticate` (RFC 6750 §3)."""

    def __init__(self, row: Refusal | None = None, *, detail: str = "", scope: str | None = None) -> None:
        super().__init__(row or NO_TOKEN, detail=detail)
        self.bare = row is None
        self.scope = scope

    def get_headers(self) -> list[tuple[str, str]]:
        """Return the challenge; without a token in the request it carries no error (RFC 6750 §3.1)."""
        challenge = [f'realm="{settings().issuer}"']
        if not self.bare:
            challenge += [f'error="{self.error}"', f'error_description="{self.description}"']
            challenge += [f'error_uri="{self.reference}"']
        if self.scope:
            challenge.append(f'scope="{self.scope}"')
        return [("Content-Type", "application/json"), ("WWW-Authenticate", "Bearer " + ", ".join(challenge))]

    def get_body(self) -> list[tuple[str, Any]]:
        """Return the members of the answer; without a token in the request there is nothing to explain."""
        return [] if self.bare else super().get_body()


NO_TOKEN = refusal(
    "token-missing", "invalid_token", "Send an access token in the Authorization header.", status=401,
    cause="A protected resource was asked without an access token.",
    fix="Send `Authorization: Bearer <access token>`; a token in the address is never read.",
)  # fmt: skip
