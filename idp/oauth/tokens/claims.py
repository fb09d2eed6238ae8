"""What a token or UserInfo says about a person, by scope and by the claims parameter (OIDC Core §5)."""

from collections.abc import Collection, Iterable
from typing import Any

from authlib.oidc.core import UserInfo

from idp.access.service import find_api, group_names, permission_names, role_names

CLAIMS_OF_SCOPE: dict[str, tuple[str, ...]] = {
    scope: tuple(names) for scope, names in UserInfo.SCOPES_CLAIMS_MAPPING.items() if scope != "openid"
}
"""The standard claims behind each standard scope (OIDC Core §5.4)."""
STANDARD_CLAIMS = frozenset(name for names in CLAIMS_OF_SCOPE.values() for name in names)
_STORED = (
    "name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture", "website", "gender",
    "birthdate", "zoneinfo", "locale", "phone_number",
)  # fmt: skip


def standard_claims(user: Any) -> dict[str, Any]:
    """Return every standard claim this house holds about a person; absent ones are left out (OIDC Core §5.1)."""
    claims: dict[str, Any] = {name: getattr(user, name) for name in _STORED}
    claims["preferred_username"] = user.username
    claims["email"], claims["email_verified"] = user.email, user.email_verified_at is not None
    if user.phone_number:
        claims["phone_number_verified"] = bool(user.phone_number_verified)
    claims["address"] = user.address or None
    claims["updated_at"] = int(user.updated_at.timestamp()) if user.updated_at else None
    return {name: value for name, value in claims.items() if value not in (None, "")}


def person_claims(user: Any, names: Collection[str]) -> dict[str, Any]:
    """Return the standard claims of a person whose names are asked for."""
    return {name: value for name, value in standard_claims(user).items() if name in names} if names else {}


def names_of_scopes(scopes: Iterable[str]) -> set[str]:
    """Return the names of the claims that scopes ask for (OIDC Core §5.4)."""
    return {name for scope in scopes for name in CLAIMS_OF_SCOPE.get(scope, ())}


def names_requested(claims: dict[str, Any], place: str) -> set[str]:
    """Return the names the claims parameter asks for at `userinfo` or in the `id_token` (OIDC Core §5.5)."""
    wanted = claims.get(place)
    return set(wanted) if isinstance(wanted, dict) else set()


def authorization_claims(user_id: str, scopes: Collection[str], api_identifier: str | None) -> dict[str, Any]:
    """Return roles, permissions at one API and groups of a person, as far as the scopes ask for them."""
    claims: dict[str, Any] = {}
    if "roles" in scopes:
        api = find_api(api_identifier) if api_identifier else None
        claims["roles"] = role_names(user_id)
        claims["permissions"] = sorted(permission_names(user_id, api.id)) if api else []
    if "groups" in scopes:
        claims["groups"] = group_names(user_id)
    return claims
