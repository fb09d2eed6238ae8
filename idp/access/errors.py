"""What the access rules refuse."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from idp.core.errors import Conflict, DomainError, Forbidden, NotFound

NO_API = _l("There is no API of that name.")
NO_ROLE = _l("There is no role of that name.")
NO_GROUP = _l("There is no group of that name.")
NO_PERMISSION = _l("There is no permission of that name.")
NO_USER = _l("There is no account of that name.")
TAKEN = _l("That name is taken.")
NOT_YOUR_LEVEL = _l("Nobody can give or take what they do not have themselves.")
NOT_YOURSELF = _l("Nobody but an owner changes their own roles. Ask somebody else.")
BUILT_IN = _l("That one comes with the house and stays as it is.")
INCLUDES_OWNER = _l("No role includes the owner’s: who owns the house is named one by one.")
INCLUDES_IN_A_LOOP = _l("No role includes itself, nor one that includes it: %(role)s.")
TOO_MANY_INCLUDED = _l("A role includes at most %(most)s others.")
RESERVED_SCOPE = _l("That name is a standard scope. Choose another one.")
BAD_NAME = _l("Names are 1 to 120 letters, digits, and . _ : / - signs.")
BAD_LANGUAGE = _l("That is none of the languages of the pages: %(languages)s.")
BAD_ICON = _l("That is none of the icons: %(icons)s.")
BAD_LIFETIME = _l("A lifetime is between 60 seconds and a day.")
BAD_IDENTIFIER = _l("The identifier of an API is an absolute address without a fragment.")

_MOST_NAMED = 10

__all__ = ["Conflict", "DomainError", "Forbidden", "LastOwner", "NotFound", "RoleInUse", "RoleIncluded"]


class LastOwner(Conflict):
    """The act would leave the house without an owner."""

    def __init__(self) -> None:
        super().__init__(_l("The last owner cannot be lost. Make somebody else an owner first."))


class RoleInUse(Conflict):
    """Apps let in only who has the role: without it they are shut, and a later one of its name would open them."""

    def __init__(self, apps: Sequence[str], *, named: bool = True) -> None:
        listed = _list_some(apps, _MOST_NAMED if named else 0)
        super().__init__(
            _l("Apps let in only who has this role. Change first who may sign in to: %(apps)s.", apps=listed)
        )


class RoleIncluded(Conflict):
    """Other roles include the role, and would allow less without it."""

    def __init__(self, roles: Sequence[str]) -> None:
        listed = _list_some(roles, _MOST_NAMED)
        super().__init__(_l("Other roles include this one. Take it out of them first: %(roles)s.", roles=listed))


def _list_some(names: Sequence[str], most: int) -> str:
    """Name so many at most, and say when there are more."""
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
