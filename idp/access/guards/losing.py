"""What breaks without a permission, in sentences: the console and the command line say it before they remove it."""

from flask_babel import gettext as _
from flask_babel import ngettext

from idp.access.derived.paths import roles_that_allow
from idp.access.models import Api, Permission
from idp.access.signals import permission_weighed


def lost_with_permission(api: Api, row: Permission) -> list[str]:
    """Say what breaks without a permission, here and in the rooms above."""
    count = len({one.role.id for one in roles_that_allow(row)})
    said = [ngettext("%(num)s role loses it.", "%(num)s roles lose it.", count)]
    for _who, lines in permission_weighed.send(None, api=api.identifier, name=row.name):
        said += lines
    return [*said, _("Tokens that went out keep it until they end.")]
