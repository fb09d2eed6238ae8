"""The limits of the house, to read: what is counted, how often, and how long one waits then."""

from flask import Response
from flask_babel import lazy_gettext as _l

from idp.admin.routes import page
from idp.admin.settings.tabs import LIMITS, list_tabs
from idp.core.http import render
from idp.i18n.durations import in_words
from idp.limits import policy

WORDS = {
    "sign_in": _l("Passwords tried for one identifier, from browsers its owner has not used"),
    "sign_in_known_browser": _l("Passwords tried for one account, from a browser its owner has used before"),
    "sign_in_address": _l("Failed sign-ins from one network, whatever the accounts"),
    "sign_in_address_under_attack": _l("The same, while more sign-ins fail in all than the next line allows"),
    "sign_in_total": _l("Failed sign-ins in all"),
    "reauthenticate": _l("Passwords tried to confirm who one is, and to change the password"),
    "second_step": _l("Codes tried for the second step of one account, from browsers its owner has not used"),
    "second_step_known_browser": _l("Codes tried for the second step, from a browser its owner has used before"),
    "device_code": _l("Codes of devices typed in one browser"),
    "device_code_network": _l("Codes of devices typed from one network"),
    "device_code_total": _l("Codes of devices typed in all"),
    "device_request": _l("Codes handed to devices of one app at one network"),
    "client_secret": _l("Failed proofs of one app from one network"),
    "protocol_refusals": _l("Refused requests of nobody in particular from one network; past it they are not recorded"),
    "api_key": _l("Wrong API keys from one network; right ones go on"),
    "email_code": _l("Codes tried for one mail"),
    "email_code_address": _l("Codes tried for one address, whatever the mails"),
    "mail_address": _l("Mails that strangers can cause to one address"),
    "mail_network": _l("Mails caused from one network"),
    "mail_pause": _l("Mails of one kind to one address"),
    "mail_total": _l("Mails that strangers can cause in all"),
    "mail_trial": _l("Test mails sent at once, to see the conversation with the mail server"),
    "blocked_mail": _l("Mails to the owner of an account about blocked sign-ins"),
    "register_network": _l("Registrations from one network"),
}


@page("/settings/limits", "admin.settings.read")
def settings_limits() -> Response:
    rows = [(WORDS[limit.name], limit) for limit in list_limits()]
    return render("admin/settings/limits.html", rows=rows, in_words=in_words, tabs=list_tabs(LIMITS))


def list_limits() -> list[policy.Limit]:
    """List every limit in the order of the table."""
    return [value for value in vars(policy).values() if isinstance(value, policy.Limit)]
