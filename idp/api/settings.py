"""Settings: read with their origin, changed in the database, set back to file or default; a mail tried."""

from typing import Any

from flask_babel import lazy_gettext as _l

from idp.accounts.email import mails
from idp.accounts.service import get_user
from idp.api.problems import Problem
from idp.api.routes import route
from idp.api.schemas import running as schemas
from idp.api.schemas.common import Page
from idp.api.versions import expect
from idp.audit.tags import Tag
from idp.core.configuration.view import origin_of, value_of
from idp.core.context import context
from idp.core.errors import Conflict, DomainError, Forbidden, NotFound
from idp.stored_settings import live, service
from idp.stored_settings.catalogue import CHOICES, SECRET, TABS, Choice
from idp.stored_settings.checks import as_stored, read

READ, WRITE = "admin.settings.read", "admin.settings.write"
_NO_SETTING = _l("There is no such setting.")


@route("GET", "/settings", READ, "List settings and where they come from", query=schemas.SettingQuery,
       answer=Page[schemas.Setting], says_more="All of them are one page.")  # fmt: skip
def list_settings(query: schemas.SettingQuery) -> Any:
    if query.tab is not None and query.tab not in TABS:
        raise Problem(422, "There is no such tab.", errors=[{"field": "tab", "detail": ", ".join(TABS)}])
    stored = service.stored_values()
    versions = service.versions()
    found = [_told(choice, stored, versions) for choice in CHOICES.values() if query.tab in {None, choice.tab}]
    shown = [row for row in found if query.changed == "no" or row.value != row.default]
    return Page[schemas.Setting](items=shown)


@route("GET", "/settings/<name>", READ, "Read a setting", answer=schemas.Setting)
def read_setting(name: str) -> Any:
    return _again(_choice(name))


@route("PATCH", "/settings/<name>", WRITE, "Change a setting", body=schemas.SettingChange, answer=schemas.Setting,
       event=Tag.SETTINGS_CHANGED, sudo=True, versioned=True,
       says_more="It is kept in the database, and every server has it within a second.")  # fmt: skip
def change_setting(name: str, body: schemas.SettingChange) -> Any:
    choice = _held(name)
    try:
        service.check_open(name)
    except Forbidden as refused:
        # Nobody may: that is no lack of permission.
        raise Problem(409, str(refused.public)) from refused
    value = read(choice, body.value) if isinstance(body.value, str) else body.value
    service.change({name: value}, explicit=True)
    return _again(choice)


@route("DELETE", "/settings/<name>", WRITE, "Set a setting back to what the file or the default says", status=204,
       event=Tag.SETTINGS_CHANGED, sudo=True, versioned=True)  # fmt: skip
def reset_setting(name: str) -> None:
    service.reset([_held(name).name])


@route("POST", "/settings/mail/try", WRITE, "Send the caller a test mail at once and tell the conversation",
       answer=schemas.MailTrial, event=Tag.MAIL_TESTED, repeatable=False,
       says_more="The mail goes to the person whose key or token it is. It takes some seconds.")  # fmt: skip
def try_mail_server() -> Any:
    kind, _, user_id = context().actor.partition(":")
    if kind != "user":
        raise Conflict(_l("A program has no mailbox. Ask with the key of a person."))
    return schemas.MailTrial.model_validate(mails.try_out_now(get_user(user_id)).as_dict())


def _choice(name: str) -> Choice:
    if name not in CHOICES:
        raise NotFound(_NO_SETTING)
    return CHOICES[name]


def _held(name: str) -> Choice:
    """Return a setting that nobody else changes meanwhile; raise Problem 412 for another version."""
    choice = _choice(name)
    service.hold_still()
    expect(service.version_of([name]))
    return choice


def _again(choice: Choice) -> schemas.Setting:
    return _told(choice, service.stored_values(), service.versions())


def _told(choice: Choice, stored: dict[str, Any], versions: dict[str, int]) -> schemas.Setting:
    """Tell of a setting what is in force, from the table itself: this process may not have heard of a change yet."""
    name, held = choice.name, choice.name in stored
    value = stored[name] if held else as_stored(value_of(live.base_settings(), name))
    is_open = True
    try:
        service.check_open(name)
    except DomainError:
        is_open = False
    return schemas.Setting(
        name=name, tab=choice.tab, says=choice.setting.description, value=None if name in SECRET else value,
        default=None if name in SECRET else as_stored(choice.setting.default),
        origin=service.DATABASE if held else origin_of(choice.setting), is_set=value not in (None, "", []),
        editable=is_open, version=versions.get(name, 0),
    )  # fmt: skip
