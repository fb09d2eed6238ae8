"""For whom a token is made, and which of the scopes go into it (RFC 8707 §2, RFC 9068 §3).

A token is made for one API at most: the one the client names, else the first the grant names, else the one its scopes
belong to. A person's token that nobody narrowed by name also opens this server's own UserInfo, whose audience is the
issuer; without any API the issuer is the only audience.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.access.service import find_api
from idp.clients.service import ClientInfo
from idp.core.settings import settings
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import SCOPE_INVALID, TARGET_INVALID, TARGET_ONE
from idp.oauth.scopes import decide_scopes


@dataclass(frozen=True)
class Target:
    """What a token is made for: an API or none, this server's UserInfo or not, and the scopes."""

    api: str | None
    userinfo: bool
    scopes: list[str]

    @property
    def audience(self) -> str | list[str]:
        """The value of `aud`."""
        audiences = [settings().issuer] if self.userinfo or self.api is None else []
        if self.api is not None:
            audiences.append(self.api)
        return audiences if len(audiences) > 1 else audiences[0]


def choose_target(
    client: ClientInfo,
    *,
    user_id: str | None,
    scopes: Sequence[str],
    resources: Sequence[str],
    asked: Sequence[str],
    or_nothing: bool = False,
) -> Target:
    """Choose audience and scopes of a token, judging the person's and the client's rights as they are now.

    `resources` are the ones of the grant, `asked` the ones the token request names. Raises Refused when none of the
    scopes may be granted, unless a token without scope is fine too (`or_nothing`).
    """
    named = _named_resource(client, resources, asked)
    decision = decide_scopes(user_id, client, list(scopes), [named] if named else [])
    if scopes and not decision.granted and not or_nothing:
        raise Refused(SCOPE_INVALID, detail="none of the scopes may be granted")
    if named is None:
        return Target(_inferred_api(decision.audiences), userinfo=user_id is not None, scopes=decision.granted)
    is_api = named != settings().issuer
    return Target(named if is_api else None, userinfo=not is_api, scopes=decision.granted)


def _named_resource(client: ClientInfo, resources: Sequence[str], asked: Sequence[str]) -> str | None:
    """Return the one resource the request or the grant names, or None; it may always be this server itself."""
    if len(asked) > 1:
        raise Refused(TARGET_ONE)
    named = asked[0] if asked else next(iter(resources), None)
    if named is None or named == settings().issuer:
        return named
    if (resources and named not in resources) or named not in client.allowed_apis or find_api(named) is None:
        raise Refused(TARGET_INVALID)
    return named


def _inferred_api(audiences: Sequence[str]) -> str | None:
    """Return the API that the scopes belong to (RFC 9068 §3)."""
    if len(audiences) > 1:
        # The same scope name can mean more at one API than at the other: a token for both would carry it over.
        raise Refused(TARGET_ONE, detail="scopes of several APIs")
    return audiences[0] if audiences else None
