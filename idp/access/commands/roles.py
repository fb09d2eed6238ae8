"""Commands of roles: what each allows, and who has it."""

from typing import Any

import click

from idp.access import catalogue, service
from idp.access.apis import list_apis, list_permissions
from idp.access.derived import allowances
from idp.access.derived.including import includes_of
from idp.access.derived.origins import Origin, say_source
from idp.access.models import Role
from idp.access.people import direct_holders_of, emails_of, get_person, holders_of
from idp.core.cli import ask, emit, json_option, with_app, yes_option


@click.group()
def role() -> None:
    r"""Look after roles and who has them.

    \b
    Examples:
      idp role list
      idp role add editor --title Editor --permission https://api.example.com articles.write
      idp role grant editor alice@example.com
      idp role revoke editor alice@example.com
    """


@role.command("list")
@json_option
@with_app
def list_(as_json: bool) -> None:
    r"""List the roles.

    \b
    Example:
      idp role list
    """
    allowed = allowances.count_allowed()
    emit([_summary(row, allowed.get(row.id, 0)) for row in catalogue.list_roles()], as_json=as_json, human=_table)


@role.command()
@click.argument("name")
@json_option
@with_app
def show(name: str, as_json: bool) -> None:
    r"""Show what a role allows and who has it.

    \b
    Example:
      idp role show editor
    """
    emit(_details(service.get_role(name)), as_json=as_json, human=_page)


@role.command()
@click.argument("name")
@click.option("--title", default="", help="What people read.")
@click.option("--description", default="")
@click.option("--require-second-step/--no-require-second-step", default=False, help="Its holders sign in in two steps.")
@click.option("--permission", "permissions", type=(str, str), multiple=True, metavar="API NAME", help="Repeatable.")
@click.option("--include", "includes", multiple=True, metavar="ROLE", help="A role that it includes; repeatable.")
@json_option
@with_app
def add(*, name: str, as_json: bool, **values: Any) -> None:
    r"""Make a role.

    \b
    Example:
      idp role add editor --title Editor --permission https://api.example.com articles.write
    """
    row = catalogue.create_role(name, **values)
    emit(_details(row), as_json=as_json, human=f"Role {name} is made. Give it to somebody: idp role grant {name} EMAIL")


@role.command()
@click.argument("name")
@click.option("--title", help="What people read.")
@click.option("--description")
@click.option("--require-second-step/--no-require-second-step", default=None, help="Its holders sign in in two steps.")
@click.option("--include", multiple=True, metavar="ROLE", help="A role that it includes from now on; repeatable.")
@click.option("--exclude", multiple=True, metavar="ROLE", help="A role that it includes no more; repeatable.")
@json_option
@with_app
def edit(*, name: str, as_json: bool, include: tuple[str, ...], exclude: tuple[str, ...], **changes: Any) -> None:
    r"""Change what a role is called, whether its holders need a second step, or which roles it includes.

    \b
    Examples:
      idp role edit admin --require-second-step
      idp role edit editor --include reader
    """
    row = service.get_role(name)
    if include or exclude:
        changes["includes"] = sorted({*includes_of(row), *include} - set(exclude))
    row = catalogue.edit_role(row, **changes)
    emit(_details(row), as_json=as_json, human=f"Role {name} is changed.")


@role.command()
@click.argument("name")
@yes_option
@json_option
@with_app
def delete(name: str, yes: bool, as_json: bool) -> None:
    r"""Delete a role; everybody who has it loses it.

    \b
    Example:
      idp role delete editor
    """
    row = service.get_role(name)
    count = len(emails_of(holders_of(name)))
    ask(f"{count} people have the role {name}. Delete it?", yes=yes)
    catalogue.delete_role(row)
    emit({"name": name, "deleted": True}, as_json=as_json, human=f"Role {name} is deleted.")


@role.command()
@click.argument("name", metavar="ROLE")
@click.argument("person", metavar="PERSON")
@json_option
@with_app
def grant(name: str, person: str, as_json: bool) -> None:
    r"""Give a role to a person, named by e-mail address, user name or id.

    \b
    Example:
      idp role grant editor alice@example.com
    """
    changed = service.grant_role(get_person(person), name)
    data = {"role": name, "person": person, "changed": changed}
    emit(data, as_json=as_json, human=f"{person} {'now has' if changed else 'has already'} the role {name}.")


@role.command()
@click.argument("name", metavar="ROLE")
@click.argument("person", metavar="PERSON")
@json_option
@with_app
def revoke(name: str, person: str, as_json: bool) -> None:
    r"""Take a role from a person.

    \b
    Example:
      idp role revoke editor alice@example.com
    """
    user_id = get_person(person)
    changed = service.revoke_role(user_id, name)
    left = name in service.role_names(user_id)
    data = {"role": name, "person": person, "changed": changed, "left_by_a_group": left}
    text = f"{person} {'has lost' if changed else 'did not have'} the role {name}."
    emit(data, as_json=as_json, human=text + (" A group or another role still gives it to them." if left else ""))


@role.command()
@json_option
@with_app
def matrix(as_json: bool) -> None:
    r"""Show which role allows what.

    \b
    Example:
      idp role matrix
    """
    roles = {row.name: allowances.allowed_by_role(row) for row in catalogue.list_roles()}
    data = [
        {"api": api.identifier, "permission": item.name, "roles": [name for name in roles if key in roles[name]]}
        for api in list_apis()
        for item in list_permissions(api.id)
        for key in [(api.identifier, item.name)]
    ]
    emit(data, as_json=as_json, human=lambda rows: _matrix(rows, list(roles)))


@role.group()
def permission() -> None:
    r"""What a role allows.

    \b
    Examples:
      idp role permission add editor https://api.example.com articles.write
      idp role permission remove editor https://api.example.com articles.write
    """


@permission.command("add")
@click.argument("name", metavar="ROLE")
@click.argument("api")
@click.argument("permission_name", metavar="PERMISSION")
@json_option
@with_app
def add_permission(name: str, api: str, permission_name: str, as_json: bool) -> None:
    r"""Let a role do something at an API.

    \b
    Example:
      idp role permission add editor https://api.example.com articles.write
    """
    catalogue.add_to_role(service.get_role(name), api, permission_name)
    emit(_details(service.get_role(name)), as_json=as_json, human=_page)


@permission.command("remove")
@click.argument("name", metavar="ROLE")
@click.argument("api")
@click.argument("permission_name", metavar="PERMISSION")
@json_option
@with_app
def remove_permission(name: str, api: str, permission_name: str, as_json: bool) -> None:
    r"""Let a role do something at an API no more.

    \b
    Example:
      idp role permission remove editor https://api.example.com articles.write
    """
    catalogue.take_from_role(service.get_role(name), api, permission_name)
    emit(_details(service.get_role(name)), as_json=as_json, human=_page)


def _summary(row: Role, allowed: int) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "builtin": row.builtin,
        "permissions": len(catalogue.permissions_of_role(row.id)),
        "allows": allowed,
        "people": len(emails_of(holders_of(row.name))),
    }


def _details(row: Role) -> dict[str, Any]:
    direct = {user_id for user_id, _email in emails_of(direct_holders_of(row.name))}
    return {
        "name": row.name,
        "title": row.title,
        "description": row.description,
        "builtin": row.builtin,
        "require_second_step": row.require_second_step,
        "includes": includes_of(row),
        "permissions": [{"api": api, "name": name} for api, name in catalogue.permissions_of_role(row.id)],
        "allows": [
            {"api": api, "name": name, "through": list(source.through), "comes_with": source.comes_with}
            for (api, name), source in allowances.allowed_by_role(row).items()
        ],
        "people": [
            {"id": user_id, "email": email, "directly": user_id in direct}
            for user_id, email in emails_of(holders_of(row.name))
        ],
    }


def _table(rows: list[dict[str, Any]]) -> str:
    lines = [f"{'ROLE':<24} {'TITLE':<24} {'ALLOWS':>6} {'PEOPLE':>6}"]
    lines += [f"{row['name']:<24} {row['title']:<24} {row['allows']:>6} {row['people']:>6}" for row in rows]
    return "\n".join(lines)


def _page(data: dict[str, Any]) -> str:
    lines = [f"{data['name']}  {data['title']}".rstrip(), *filter(None, [data["description"]])]
    if data["includes"]:
        lines += ["", f"Includes {', '.join(data['includes'])}"]
    lines += ["", "Allows", *(f"  {item['api']}  {item['name']}{_source(item)}" for item in data["allows"])]
    lines += ["", "People"]
    lines += [f"  {item['email']}{'' if item['directly'] else '  by a group or a role'}" for item in data["people"]]
    return "\n".join(lines)


def _source(item: dict[str, Any]) -> str:
    says = say_source(Origin(through=tuple(item["through"]), comes_with=item["comes_with"]))
    return f"  {says}" if says else ""


def _matrix(rows: list[dict[str, Any]], roles: list[str]) -> str:
    widest = max((len(row["permission"]) for row in rows), default=0)
    lines, api = [], None
    for row in rows:
        if row["api"] != api:
            api = row["api"]
            lines.append(f"{api:<{widest}}  {'  '.join(roles)}")
        marks = "  ".join(f"{'x' if name in row['roles'] else '.':<{len(name)}}" for name in roles)
        lines.append(f"{row['permission']:<{max(widest, len(row['api']))}}  {marks}".rstrip())
    return "\n".join(lines)
