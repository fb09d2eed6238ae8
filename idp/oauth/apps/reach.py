"""Nobody gives an app a right over this house that they do not have: an app in its own name would use it for them."""

from collections.abc import Collection

from idp.access.level import check_may_give_permission
from idp.access.service import find_api, own_api


def check_may_reach(apis: Collection[str], scopes: Collection[str], *, actor: str | None = None) -> None:
    """Raise Forbidden, and record it, when an app could ask for administrative permissions its maker may not give."""
    own = find_api(own_api())
    if own is None or own.identifier not in apis:
        return
    for name in sorted(own.permission_names.intersection(scopes)):
        check_may_give_permission(name, own.identifier, actor=actor)
