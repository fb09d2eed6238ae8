"""The mail of a sign-in."""

from flask_babel import LazyString

from idp.accounts.mails import not_me_link
from idp.accounts.models import User
from idp.core.clock import now
from idp.core.context import context
from idp.core.devices import describe_browser
from idp.mail.service import send_mail


def new_sign_in(user: User) -> None:
    """Tell the owner of a sign-in in a browser that was not used before."""
    edge = context()
    send_mail(
        "new_sign_in", to=user.email, locale=user.locale, zone=user.zoneinfo, when=now(), network=edge.ip,
        browser=LazyString(describe_browser, edge.user_agent), not_me_link=not_me_link(user),
    )  # fmt: skip
