"""Commands of groups: who is in them, and which roles they bring."""

from typing import Any

import click

from idp.access import catalogue, service
from idp.access.guards.level import roles_of_group
from idp.access.models import Group
from idp.access.people import emails_of, get_person, members_of
from idp.core.cli import ask, emit, json_option, with_app, yes_option


@click.group()
def group() -> None:
    r"""Look after groups, their people and their roles.

    \b
    Examples:
      idp group add staff --title Staff
      idp group join staff alice@example.com
      idp group grant staff editor          everybody in it gets the role
    """


@group.command("list")
@json_option
@with_app
def list_(as_json: bool) -> None:
    r"""List the groups.

    \b
    Example:
      idp group list
    """
    emit([_details(row) for row in catalogue.list_groups()], as_json=as_json, human=_table)


@group.command()
@click.argument("name", metavar="GROUP")
@json_option
@with_app
def show(name: str, as_json: bool) -> None:
    r"""Show who is in a group and which roles it brings.

    \b
    Example:
      idp group show staff
    """
    _show(name, as_json)


@group.command()
@click.argument("name", metavar="GROUP")
@click.option("--title", default="", help="What people read.")
@json_option
@with_app
def add(name: str, title: str, as_json: bool) -> None:
    r"""Make a group.

    \b
    Example:
      idp group add staff --title "Our staff"
    """
    catalogue.create_group(name, title=title)
    _show(name, as_json)


@group.command()
@click.argument("name", metavar="GROUP")
@click.option("--title", required=True, help="What people read.")
@json_option
@with_app
def edit(name: str, title: str, as_json: bool) -> None:
    r"""Change what people read of a group.

    \b
    Example:
      idp group edit staff --title "All of our staff"
    """
    catalogue.edit_group(name, title=title)
    _show(name, as_json)


@group.command()
@click.argument("name", metavar="GROUP")
@yes_option
@json_option
@with_app
def delete(name: str, yes: bool, as_json: bool) -> None:
    r"""Delete a group; its people stay, without the roles it brought.

    \b
    Example:
      idp group delete staff
    """
    count = len(emails_of(members_of(service.get_group(name).id)))
    ask(f"{count} people are in the group {name}. Delete it?", yes=yes)
    service.delete_group(name)
    emit({"name": name, "deleted": True}, as_json=as_json, human=f"Group {name} is deleted.")


@group.command()
@click.argument("name", metavar="GROUP")
@click.argument("person", metavar="PERSON")
@json_option
@with_app
def join(name: str, person: str, as_json: bool) -> None:
    r"""Put a person into a group.

    \b
    Example:
      idp group join staff alice@example.com
    """
    service.add_member(name, get_person(person))
    _show(name, as_json)


@group.command()
@click.argument("name", metavar="GROUP")
@click.argument("person", metavar="PERSON")
@json_option
@with_app
def leave(name: str, person: str, as_json: bool) -> None:
    r"""Take a person out of a group.

    \b
    Example:
      idp group leave staff alice@example.com
    """
    service.remove_member(name, get_person(person))
    _show(name, as_json)


@group.command()
@click.argument("name", metavar="GROUP")
@click.argument("role", metavar="ROLE")
@json_option
@with_app
def grant(name: str, role: str, as_json: bool) -> None:
    r"""Give everybody in a group a role.

    \b
    Example:
      idp group grant staff editor
    """
    service.grant_role_to_group(name, role)
    _show(name, as_json)


@group.command()
@click.argument("name", metavar="GROUP")
@click.argument("role", metavar="ROLE")
@json_option
@with_app
def revoke(name: str, role: str, as_json: bool) -> None:
    r"""Take a role from a group.

    \b
    Example:
      idp group revoke staff editor
    """
    service.revoke_role_from_group(name, role)
    _show(name, as_json)


def _show(name: str, as_json: bool) -> None:
    emit(_details(service.get_group(name)), as_json=as_json, human=_page)


def _details(row: Group) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "roles": roles_of_group(row.id),
        "people": [{"id": user_id, "email": email} for user_id, email in emails_of(members_of(row.id))],
    }


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No groups. Make one: idp group add NAME"
    lines = [f"{'GROUP':<24} {'PEOPLE':>6}  ROLES"]
    lines += [f"{row['name']:<24} {len(row['people']):>6}  {', '.join(row['roles'])}".rstrip() for row in rows]
    return "\n".join(lines)


def _page(data: dict[str, Any]) -> str:
    lines = [f"{data['name']}  {data['title']}".rstrip(), "", f"Roles   {', '.join(data['roles']) or '-'}", "People"]
    return "\n".join([*lines, *(f"  {item['email']}" for item in data["people"])])
