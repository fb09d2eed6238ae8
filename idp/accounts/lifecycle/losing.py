"""What ends with an account, in sentences: the console and the command line say it before they delete it."""

from flask_babel import gettext as _

from idp.accounts.signals import account_weighed
from idp.core.settings import settings
from idp.i18n.durations import in_words


def lost_with_account(user_id: str) -> list[str]:
    """Say what ends with an account at once, here and in the rooms above."""
    return [line for _who, lines in account_weighed.send(None, user_id=user_id) for line in lines]


def waits_with_account() -> list[str]:
    """Say what happens until an account that an administrator deletes is gone for good."""
    delay = in_words(settings().accounts.admin_deletion_delay)
    return [
        _("The account is closed now. Its address stays taken, and the person is told by mail."),
        _("In %(time)s everything of it is gone for good. Until then you can keep it.", time=delay),
    ]
