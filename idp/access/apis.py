"""Make and change APIs and their permissions."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy import select

from idp.access.errors import (
    BAD_IDENTIFIER,
    BAD_LIFETIME,
    BUILT_IN,
    NO_API,
    NO_PERMISSION,
    RESERVED_SCOPE,
    TAKEN,
    Conflict,
    DomainError,
    NotFound,
)
from idp.access.guards.level import check_may_give_permission
from idp.access.models import Api, Group, Permission, Role, role_permissions
from idp.access.names import ICONS, add, check_icon, check_name, clean_text, clean_titles
from idp.access.permissions import PATH, STANDARD_SCOPES
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.errors import ChangedMeanwhile
from idp.core.settings import settings
from idp.feed.service import publish

LIFETIMES = (60, 86_400)
"""The shortest and the longest life of an access token, in seconds: keys verify longer than this."""
_UNFIT = re.compile(r"[^\x21-\x7e]|[\"<>\\^`{|}#]")


def list_apis() -> list[Api]:
    """List all APIs by identifier."""
    return list(db.session.execute(select(Api).order_by(Api.identifier)).scalars())


def get_api(identifier: str) -> Api:
    """Return an API's row; raise NotFound."""
    api = find_row(identifier)
    if api is None:
        raise NotFound(NO_API)
    return api


def get_by_id(api_id: str) -> Api:
    """Return an API's row by its id; raise NotFound."""
    api = db.session.get(Api, api_id[:26])
    if api is None:
        raise NotFound(NO_API)
    return api


def check_version(row: Api | Permission | Role | Group, expected: int | None) -> None:
    """Raise ChangedMeanwhile when somebody else saved a row since it was read."""
    if expected is not None and row.version != expected:
        raise ChangedMeanwhile


def find_row(identifier: str) -> Api | None:
    """Return an API's row, or None."""
    return db.session.execute(select(Api).where(Api.identifier == identifier)).scalar_one_or_none()


def create_api(identifier: str, *, name: str, access_token_lifetime: int | None = None) -> Api:
    """Make an API; its identifier is an absolute address without fragment (RFC 8707 §2)."""
    check_identifier(identifier)
    check_lifetime(access_token_lifetime)
    with transaction():
        if find_row(identifier):
            raise Conflict(TAKEN, field="identifier")
        api = Api(
            identifier=identifier,
            name=clean_text(name, 120) or identifier[:120],
            access_token_lifetime=access_token_lifetime,
        )
        add(api)
        record(Tag.API_CREATED, subject=f"api:{identifier}"[:120], name=api.name)
        publish("api", api.id)
        return api


def edit_api(
    identifier: str,
    *,
    name: str | None = None,
    access_token_lifetime: int | None = None,
    default_lifetime: bool = False,
    expected_version: int | None = None,
) -> Api:
    """Change the name of an API, or how many seconds its access tokens live; None leaves it as it is.

    `default_lifetime` gives its tokens the house's lifetime again.
    """
    check_lifetime(access_token_lifetime)
    with transaction() as session:
        api = session.get(Api, get_api(identifier).id, with_for_update=True, populate_existing=True) or get_api(
            identifier
        )
        check_version(api, expected_version)
        before = {"name": api.name, "lifetime": api.access_token_lifetime}
        api.name = clean_text(name, 120) or api.name if name else api.name
        kept = None if default_lifetime else api.access_token_lifetime
        api.access_token_lifetime = access_token_lifetime or kept
        api.version += 1
        after = {"name": api.name, "lifetime": api.access_token_lifetime}
        record(Tag.API_EDITED, subject=f"api:{identifier}"[:120], before=before, after=after)
        publish("api", api.id)
        return api


def delete_api(identifier: str) -> None:
    """Delete an API with its permissions."""
    with transaction() as session:
        api = _own_excluded(identifier)
        session.delete(api)
        record(Tag.API_DELETED, subject=f"api:{identifier}"[:120])
        publish("api", api.id)


def list_permissions(api_id: str) -> list[Permission]:
    """List the permissions of an API by name."""
    return list(
        db.session.execute(select(Permission).where(Permission.api_id == api_id).order_by(Permission.name)).scalars()
    )


def get_permission(identifier: str, name: str) -> Permission:
    """Return a permission of an API; raise NotFound."""
    api = get_api(identifier)
    row = db.session.execute(
        select(Permission).where(Permission.api_id == api.id, Permission.name == name)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound(NO_PERMISSION)
    return row


def get_permission_by_id(api_id: str, permission_id: str) -> tuple[Api, Permission]:
    """Return an API and a permission of it by their ids; raise NotFound."""
    api, row = get_by_id(api_id), db.session.get(Permission, permission_id[:26])
    if row is None or row.api_id != api.id:
        raise NotFound(NO_PERMISSION)
    return api, row


def roles_with_permission(permission_id: str) -> list[Role]:
    """List the roles that hold a permission."""
    query = select(Role).join(role_permissions, role_permissions.c.role_id == Role.id)
    found = query.where(role_permissions.c.permission_id == permission_id).order_by(Role.name)
    return list(db.session.execute(found).scalars())


def add_permission(
    identifier: str, name: str, *, title: str = "", description: str = "", titles: Mapping[str, str] | None = None,
    icon: str | None = None,
) -> Permission:  # fmt: skip
    """Add a permission to an API; its name is a scope too, so it is none of the standard ones.

    `titles` is what consent says in other languages, `icon` what stands beside it. Raises NotFound, Conflict,
    DomainError.
    """
    check_permission_name(name)
    chosen = ICONS[0] if icon is None else icon
    check_icon(chosen)
    by_language = clean_titles(titles or {})
    with transaction():
        api = get_api(identifier)
        if any(row.name == name for row in list_permissions(api.id)):
            raise Conflict(TAKEN, field="name")
        row = Permission(
            api_id=api.id, name=name, title=clean_text(title, 200), description=clean_text(description, 1000),
            titles=by_language, icon=chosen,
        )  # fmt: skip
        add(row)
        record(Tag.PERMISSION_CREATED, subject=f"api:{identifier}"[:120], permission=name)
        publish("api", api.id)
        return row


def edit_permission(
    identifier: str, name: str, *, title: str, description: str, titles: Mapping[str, str] | None = None,
    icon: str | None = None, expected_version: int | None = None,
) -> Permission:  # fmt: skip
    """Change what people read of a permission; whoever holds it keeps it. Raises NotFound, Forbidden, ChangedMeanwhile.

    One of ours is renamed by nobody who lacks it: people would agree to something else than they read. `titles` are
    all that consent says in other languages, `icon` is what stands beside it; None leaves them.
    """
    if icon is not None:
        check_icon(icon)
    by_language = None if titles is None else clean_titles(titles)
    row = get_permission(identifier, name)
    check_may_give_permission(name, identifier, actor=None)
    with transaction() as session:
        session.refresh(row, with_for_update=True)
        check_version(row, expected_version)
        before = _texts(row)
        row.title, row.description = clean_text(title, 200), clean_text(description, 1000)
        row.titles = row.titles if by_language is None else by_language
        row.icon = row.icon if icon is None else icon
        row.version += 1
        after = _texts(row)
        record(Tag.PERMISSION_EDITED, subject=f"api:{identifier}"[:120], permission=name, before=before, after=after)
        publish("api", row.api_id)
        return row


def remove_permission(identifier: str, name: str) -> None:
    """Remove a permission from an API and from every role."""
    with transaction() as session:
        api = _own_excluded(identifier)
        session.delete(get_permission(identifier, name))
        record(Tag.PERMISSION_DELETED, subject=f"api:{identifier}"[:120], permission=name)
        publish("api", api.id)


def check_identifier(identifier: str) -> None:
    """Raise DomainError for what is no absolute address, or is one that means something else here."""
    try:
        parts = urlsplit(identifier)
    except ValueError as error:
        raise DomainError(BAD_IDENTIFIER, field="identifier") from error
    absolute = bool(parts.scheme) and bool(parts.netloc or (parts.scheme == "urn" and parts.path))
    if not absolute or "@" in parts.netloc or _UNFIT.search(identifier) or len(identifier) > 400:
        raise DomainError(BAD_IDENTIFIER, field="identifier")
    if identifier.rstrip("/") == settings().issuer:
        # The issuer itself is the audience of the tokens that UserInfo takes.
        raise Conflict(TAKEN, field="identifier")


def check_permission_name(name: str) -> None:
    """Raise DomainError for a name that cannot be a scope of an API."""
    check_name(name)
    if name in STANDARD_SCOPES:
        raise Conflict(RESERVED_SCOPE, field="name")


def check_lifetime(seconds: int | None) -> None:
    """Raise DomainError for a life of access tokens that is too short or too long."""
    if seconds is not None and not LIFETIMES[0] <= seconds <= LIFETIMES[1]:
        raise DomainError(BAD_LIFETIME, field="access_token_lifetime")


def _texts(row: Permission) -> dict[str, str]:
    """Return what people read and see of a permission, for the trail: each language is a field of its own."""
    by_language = {f"title_{language}": title for language, title in row.titles.items()}
    return {"title": row.title, "description": row.description, "icon": row.icon, **by_language}


def _own_excluded(identifier: str) -> Api:
    if identifier == settings().issuer + PATH:
        raise Conflict(BUILT_IN)
    return get_api(identifier)
