"""For whom a token is made, and which of the scopes go into it (RFC 8707 §2, RFC 9068 §3).

A token has one audience: the API the client asked for, else the first the grant names, else this issuer, whose
UserInfo endpoint takes no other tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.access.service import find_api
from idp.clients.service import ClientInfo
from idp.core.settings import settings
from idp.oauth.errors import Refused
from idp.oauth.refusals import SCOPE_INVALID, TARGET_INVALID, TARGET_ONE
from idp.oauth.scopes import decide_scopes


@dataclass(frozen=True)
class Target:
    """The audience of a token and the scopes it carries."""

    audience: str
    scopes: list[str]


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

    `resources` are the ones that may be chosen, `asked` the ones the token request names. Raises Refused when none of
    the scopes may be granted, unless a token without scope is fine too (`or_nothing`).
    """
    resource = _choose_resource(user_id, resources, asked)
    decision = decide_scopes(user_id, client, list(scopes), [resource] if resource else [])
    granted = [scope for scope in decision.granted if scope in scopes]
    if scopes and not granted and not or_nothing:
        raise Refused(SCOPE_INVALID, detail="none of the scopes may be granted")
    audiences = list(decision.audiences)
    return Target(resource or (audiences[0] if len(audiences) == 1 else settings().issuer), granted)


def _choose_resource(user_id: str | None, resources: Sequence[str], asked: Sequence[str]) -> str | None:
    if len(asked) > 1:
        raise Refused(TARGET_ONE)
    if not asked:
        return resources[0] if user_id and resources else None
    if asked[0] == settings().issuer:
        return None
    if asked[0] not in resources or find_api(asked[0]) is None:
        raise Refused(TARGET_INVALID)
    return asked[0]
