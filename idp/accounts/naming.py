"""People as the trail's filters name them."""

from idp.accounts.errors import UnknownUser
from idp.accounts.service import get_by_name
from idp.audit.naming import PEOPLE, finds


@finds(PEOPLE)
def find_person(name: str) -> list[str]:
    """Return the id of who has this address, user name or id."""
    try:
        return [get_by_name(name).id]
    except UnknownUser:
        return []
