"""Commands about people: the same deeds as the pages and the API, by the same services."""

from datetime import datetime
from typing import Any

import click

from idp.access import service as access
from idp.accounts import service, telling
from idp.accounts.credentials import recovery
from idp.accounts.credentials.passwords import hash_password
from idp.accounts.credentials.strength import check_new_password
from idp.accounts.lifecycle import deletion, pauses, registration, states
from idp.accounts.lifecycle.losing import lost_with_account, waits_with_account
from idp.accounts.listing import STATES, Wanted, find_people
from idp.accounts.models import User
from idp.accounts.profiles import profile
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.cli import MOMENT, USAGE, ask, emit, fail, in_utc, json_option, read_secret, with_app, yes_option
from idp.core.db import transaction

_NAMED = click.argument("user", metavar="USER")
_EXTERNAL_ID = click.option("--external-id", help="What another system calls the person, such as a personnel number.")


@click.group()
def user() -> None:
    r"""People: add, look at, change, turn off. USER is an e-mail address, a user name or an id.

    \b
    Examples:
      idp user add --email alice@example.com --name "Alice Baker"
      idp user list --search alice --json
      idp user lock alice@example.com
    """


@user.command()
@click.option("--email", required=True, help="The address; people sign in with it.")
@click.option("--name", default="", help="The full name.")
@click.option("--username", help="A name to sign in with, besides the address.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; without it, invite.")
@click.option("--verified", is_flag=True, help="The address is known to be theirs.")
@click.option("--role", "roles", multiple=True, help="A role to give; may be repeated.")
@_EXTERNAL_ID
@json_option
@with_app
def add(
    email: str,
    name: str,
    username: str | None,
    external_id: str | None,
    *,
    password_stdin: bool,
    verified: bool,
    roles: tuple[str, ...],
    as_json: bool,
) -> None:
    r"""Add a person; without a password they get an invitation by mail.

    \b
    Examples:
      idp user add --email alice@example.com --name "Alice Baker"
      idp user add --email alice@example.com --password-stdin --verified < password.txt
    """
    names: dict[str, Any] = {"username": username} if username else {}
    names |= {"external_id": external_id} if external_id else {}
    if not password_stdin:
        person = registration.invite(email, name=name, roles=roles, **names)
    else:
        password = read_secret(from_stdin=True, prompt="Password")
        check_new_password(password, about=[email, name])
        password_hash = hash_password(password)
        with transaction():
            person = service.add_user(email, name=name, password_hash=password_hash, verified=verified, **names)
            _grant(person, roles)
            record(Tag.ACCOUNT_ADDED, subject=f"user:{person.id}")
    telling.show(person, as_json=as_json)


@user.command()
@click.option("--email", required=True, help="The address to invite.")
@click.option("--name", default="", help="The full name.")
@click.option("--role", "roles", multiple=True, help="A role to give; may be repeated.")
@click.option("--by", metavar="USER", help="Whose name the invitation shows.")
@click.option("--no-mail", is_flag=True, help="Mail nothing: somebody hands over a link (idp user reset-password).")
@_EXTERNAL_ID
@json_option
@with_app
def invite(email: str, *, by: str | None, no_mail: bool, as_json: bool, **values: Any) -> None:
    r"""Invite a person by mail, or once more when they have not answered.

    \b
    Examples:
      idp user invite --email alice@example.com --role support
      idp user invite --email alice@example.com --no-mail
    """
    invited_by = service.get_by_name(by).id if by else None
    person = registration.invite(email, invited_by=invited_by, mail=not no_mail, **values)
    telling.show(person, as_json=as_json)


@user.command("list")
@click.option("--search", default="", help="Start of an address, a name, a user name or an external id.")
@click.option("--external-id", default="", help="Who has exactly this external id.")
@click.option("--state", type=click.Choice(STATES), help="Those whose account is so.")
@click.option("--role", default="", help="Those who have a role: directly, by a group, or by a role that includes it.")
@click.option("--second-step/--no-second-step", default=None, help="Those with, or without, a second step.")
@click.option("--since", type=MOMENT, help="Added from this day or moment on (UTC).")
@click.option("--until", type=MOMENT, help="Added before this day or moment (UTC).")
@click.option("--after", default="", help="Go on after this id.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@with_app
def list_people(
    as_json: bool, state: str | None, since: datetime | None, until: datetime | None, **wanted: Any
) -> None:
    r"""List people.

    \b
    Examples:
      idp user list --search alice
      idp user list --role owner --no-second-step --json
    """
    found = find_people(Wanted(state=state or "", since=in_utc(since), until=in_utc(until), **wanted))
    emit([telling.as_dict(person) for person in found], as_json=as_json, human=telling.table)


@user.command()
@_NAMED
@json_option
@with_app
def show(user: str, as_json: bool) -> None:
    r"""Show a person, and until when wrong passwords pause their sign-in.

    \b
    Example:
      idp user show alice@example.com --json
    """
    person = service.get_by_name(user)
    data = telling.as_dict(person) | {"sign_in_paused_until": pauses.paused_until(person.id)}
    emit(data, as_json=as_json, human=telling.page)


@user.command()
@_NAMED
@click.option("--email", help="A new address.")
@click.option("--email-verified/--email-unverified", "email_verified", default=None)
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="A profile field; empty takes it away.")
@click.option("--name", help="The full name.")
@click.option("--username", help="A name to sign in with, besides the address.")
@click.option("--external-id", help="What another system calls the person; empty takes it away.")
@json_option
@with_app
def edit(user: str, pairs: tuple[str, ...], as_json: bool, **values: Any) -> None:
    r"""Change a person's profile: name, given_name, family_name, locale, zoneinfo, ...

    \b
    Example:
      idp user edit alice@example.com --name "Alice Cook" --set locale=de
    """
    changes = {field: value for field, value in values.items() if value is not None} | _fields(pairs)
    if not changes:
        fail("nothing to change; see `idp user edit --help`", USAGE)
    telling.show(service.edit_user(service.get_by_name(user).id, **changes), as_json=as_json)


def _deed(name: str, act: Any, says: str) -> None:
    """Add a command that does one thing to one person."""

    @user.command(name, help=f"{says}\n\n\b\nExample:\n  idp user {name} alice@example.com")
    @_NAMED
    @yes_option
    @json_option
    @with_app
    def run(user: str, yes: bool, as_json: bool) -> None:  # noqa: ARG001 - scripts say --yes to every deed
        person = service.get_by_name(user)
        act(person.id)
        now_so = service.get_user(person.id)
        state = "locked" if now_so.locked_at else now_so.state
        emit(telling.as_dict(now_so), as_json=as_json, human=f"{now_so.email}: {state}")


_deed("disable", states.disable, "Turn an account off; everything of its owner's stops at once.")
_deed("enable", states.enable, "Turn an account on again.")
_deed("lock", states.lock, "Lock an account; everything of its owner's stops at once.")
_deed("unlock", states.unlock, "Take a lock away, and forgive wrong passwords.")
_deed("invite-again", registration.invite_again, "Mail a person their invitation once more; earlier links end.")
_deed("verify", states.mark_verified, "Let the address of a person count as confirmed.")
_deed("keep", deletion.keep, "Keep an account that is being deleted; nothing that was ended comes back.")


@user.command()
@_NAMED
@click.option("--at-once", is_flag=True, help="Do not wait: gone now, as for a request of erasure.")
@yes_option
@json_option
@with_app
def delete(user: str, *, at_once: bool, yes: bool, as_json: bool) -> None:
    r"""Close an account now, and delete it with everything that belongs to it when the time to keep it is over.

    \b
    Examples:
      idp user delete alice@example.com
      idp user delete alice@example.com --at-once --yes
    """
    person = service.get_by_name(user)
    user_id, email = person.id, person.email
    breaks = [*lost_with_account(user_id), *([] if at_once else waits_with_account())]
    ask(f"Delete {email}{' for good, now' if at_once else ''}?", breaks, yes=yes)
    if at_once:
        deletion.delete_at_once(user_id)
        emit({"id": user_id, "email": email, "deleted": True}, as_json=as_json, human=f"{email}: deleted")
        return
    due_at = deletion.begin_by_admin(user_id)
    says = f"{email}: closed, and gone on {due_at:%Y-%m-%d %H:%M} UTC. Until then: idp user keep {email}"
    emit(telling.as_dict(service.get_user(user_id)), as_json=as_json, human=says)


@user.command("set-password")
@_NAMED
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, not from the terminal.")
@click.option("--must-change", is_flag=True, help="The next sign-in leads through a password of their own.")
@json_option
@with_app
def set_password(user: str, password_stdin: bool, must_change: bool, as_json: bool) -> None:
    r"""Set a person's password; their sessions and refresh tokens end.

    \b
    Example:
      idp user set-password alice@example.com --must-change
    """
    person = service.get_by_name(user)
    new = read_secret(from_stdin=password_stdin, prompt="New password")
    recovery.set_password(person.id, new, must_change=must_change)
    emit(
        telling.as_dict(service.get_user(person.id)),
        as_json=as_json,
        human=f"{person.email}: the password was changed.",
    )


@user.command("reset-password")
@_NAMED
@click.option("--print-link", is_flag=True, help="Print it, for 15 minutes, instead; the person is told by mail.")
@json_option
@with_app
def reset_password(user: str, print_link: bool, as_json: bool) -> None:
    r"""Mail a person a link to a new password, or print one to hand over.

    \b
    Examples:
      idp user reset-password alice@example.com
      idp user reset-password alice@example.com --print-link
    """
    person = service.get_by_name(user)
    if print_link:
        issued = recovery.show_reset(person)
        link = recovery.address_of(issued)
        emit({"user": person.id, "link": link, "expires_at": issued.expires_at}, as_json=as_json, human=link)
        return
    recovery.send_reset(person)
    emit(telling.as_dict(person), as_json=as_json, human=f"A link to a new password is on its way to {person.email}.")


def _fields(pairs: tuple[str, ...]) -> dict[str, str | bool]:
    """Read FIELD=VALUE arguments."""
    changes: dict[str, str | bool] = {}
    for pair in pairs:
        field, found, value = pair.partition("=")
        if not found or field not in profile.TEXT_FIELDS:
            fail(f"--set {field} is not one of {', '.join(profile.TEXT_FIELDS)}", USAGE)
        changes[field] = value
    return changes


def _grant(person: User, roles: tuple[str, ...]) -> None:
    for role in roles:
        access.grant_role(person.id, role)
