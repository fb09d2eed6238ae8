"""Commands of APIs: the audiences of access tokens, and what they let people and programs do."""

from dataclasses import asdict
from typing import Any

import click

from idp.access import apis
from idp.access.derived.origins import Way, say_way
from idp.access.derived.paths import people_with
from idp.access.guards.losing import lost_with_permission
from idp.access.models import Api
from idp.access.names import ICONS
from idp.core.cli import ask, emit, json_option, with_app, yes_option

Pair = tuple[str, str]
_IN_LANGUAGES = "What it says in one language, by its code (de); an empty text takes it away. Repeatable."
_ICON = f"What stands beside it on the consent page: {', '.join(ICONS)}."


@click.group()
def api() -> None:
    r"""Look after APIs and their permissions.

    \b
    Examples:
      idp api add https://api.example.com --name Articles
      idp api permission add https://api.example.com articles.write --title "Write articles"
    """


@api.command("list")
@json_option
@with_app
def list_(as_json: bool) -> None:
    r"""List the APIs.

    \b
    Example:
      idp api list
    """
    emit([_details(row) for row in apis.list_apis()], as_json=as_json, human=_table)


@api.command()
@click.argument("identifier")
@json_option
@with_app
def show(identifier: str, as_json: bool) -> None:
    r"""Show an API and its permissions.

    \b
    Example:
      idp api show https://api.example.com
    """
    _show(identifier, as_json)


@api.command()
@click.argument("identifier")
@click.option("--name", default="", help="What people read; else the identifier.")
@click.option("--access-token-lifetime", type=int, help="Seconds, 60 to 86400; else the server's default.")
@json_option
@with_app
def add(identifier: str, name: str, access_token_lifetime: int | None, as_json: bool) -> None:
    r"""Make an API; its identifier is an absolute address and the audience of its tokens.

    \b
    Example:
      idp api add https://api.example.com --name Articles
    """
    apis.create_api(identifier, name=name, access_token_lifetime=access_token_lifetime)
    _show(identifier, as_json)


@api.command()
@click.argument("identifier")
@click.option("--name", help="What people read.")
@click.option("--access-token-lifetime", type=int, help="Seconds, 60 to 86400.")
@click.option("--default-lifetime", is_flag=True, help="Its access tokens live as long as the server's default says.")
@json_option
@with_app
def edit(
    identifier: str, name: str | None, access_token_lifetime: int | None, default_lifetime: bool, as_json: bool
) -> None:
    r"""Change an API.

    \b
    Example:
      idp api edit https://api.example.com --access-token-lifetime 300
    """
    apis.edit_api(identifier, name=name, access_token_lifetime=access_token_lifetime, default_lifetime=default_lifetime)
    _show(identifier, as_json)


@api.command()
@click.argument("identifier")
@yes_option
@json_option
@with_app
def delete(identifier: str, yes: bool, as_json: bool) -> None:
    r"""Delete an API; its permissions leave every role, and no token is made for it any more.

    \b
    Example:
      idp api delete https://api.example.com
    """
    apis.get_api(identifier)
    ask(f"Delete {identifier} and its permissions?", yes=yes)
    apis.delete_api(identifier)
    emit({"identifier": identifier, "deleted": True}, as_json=as_json, human=f"{identifier} is deleted.")


@api.group()
def permission() -> None:
    r"""What an API lets people and programs do.

    \b
    Examples:
      idp api permission add https://api.example.com articles.write --title "Write articles"
      idp api permission edit https://api.example.com articles.write --title "Write and change articles"
      idp api permission people https://api.example.com articles.write
      idp api permission remove https://api.example.com articles.write
    """


@permission.command("add")
@click.argument("identifier", metavar="API")
@click.argument("name", metavar="PERMISSION")
@click.option("--title", default="", help="What the consent page says, e.g. “Write articles”.")
@click.option("--title-in", "titles", type=(str, str), multiple=True, metavar="LANGUAGE TEXT", help=_IN_LANGUAGES)
@click.option("--description", default="")
@click.option("--icon", type=click.Choice(ICONS), metavar="NAME", default=ICONS[0], show_default=True, help=_ICON)
@json_option
@with_app
def add_permission(*, identifier: str, name: str, as_json: bool, titles: tuple[Pair, ...], **texts: str) -> None:
    r"""Add a permission; its name is a scope that apps can ask for.

    \b
    Examples:
      idp api permission add https://api.example.com articles.write --title "Write articles"
      idp api permission add https://api.example.com articles.read --title "Read articles" --title-in de "Artikel lesen"
      idp api permission add https://api.example.com articles.delete --title "Delete articles" --icon trash
    """
    apis.add_permission(identifier, name, titles=dict(titles), **texts)
    _show(identifier, as_json)


@permission.command("edit")
@click.argument("identifier", metavar="API")
@click.argument("name", metavar="PERMISSION")
@click.option("--title", help="What the consent page says.")
@click.option("--title-in", "titles", type=(str, str), multiple=True, metavar="LANGUAGE TEXT", help=_IN_LANGUAGES)
@click.option("--description")
@click.option("--icon", type=click.Choice(ICONS), metavar="NAME", help=_ICON)
@json_option
@with_app
def edit_permission(
    *, identifier: str, name: str, title: str | None, titles: tuple[Pair, ...], description: str | None,
    icon: str | None, as_json: bool,
) -> None:  # fmt: skip
    r"""Change what people read of a permission; whoever holds it keeps it.

    \b
    Examples:
      idp api permission edit https://api.example.com articles.write --title "Write and change articles"
      idp api permission edit https://api.example.com articles.write --title-in de "Artikel schreiben"
      idp api permission edit https://api.example.com articles.write --icon pencil-square
    """
    row = apis.get_permission(identifier, name)
    apis.edit_permission(
        identifier, name, title=row.title if title is None else title,
        description=row.description if description is None else description,
        titles={**row.titles, **dict(titles)} if titles else None, icon=icon,
    )  # fmt: skip
    _show(identifier, as_json)


@permission.command("remove")
@click.argument("identifier", metavar="API")
@click.argument("name", metavar="PERMISSION")
@yes_option
@json_option
@with_app
def remove_permission(identifier: str, name: str, yes: bool, as_json: bool) -> None:
    r"""Remove a permission from an API and from every role.

    \b
    Examples:
      idp api permission remove https://api.example.com articles.write
      idp api permission remove https://api.example.com articles.write --yes
    """
    lost = lost_with_permission(apis.get_api(identifier), apis.get_permission(identifier, name))
    ask(f"Remove {name} of {identifier}?", lost, yes=yes)
    apis.remove_permission(identifier, name)
    _show(identifier, as_json)


@permission.command("people")
@click.argument("identifier", metavar="API")
@click.argument("name", metavar="PERMISSION")
@click.option("--after", default="", help="Go on after the person of this id.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@with_app
def list_people(identifier: str, name: str, after: str, limit: int, as_json: bool) -> None:
    r"""List who has a permission, and by which roles and groups.

    \b
    Examples:
      idp api permission people https://api.example.com articles.write
      idp api permission people https://api.example.com articles.write --json
    """
    row = apis.get_permission(identifier, name)
    found = people_with(row.id, after=after, limit=limit)
    emit([asdict(person) for person in found], as_json=as_json, human=_people)


def _people(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "Nobody."
    ways = ["; ".join(say_way(Way(**way)) for way in row["ways"]) for row in rows]
    return "\n".join(f"{row['id']}  {row['email']:<34} {way}" for row, way in zip(rows, ways, strict=True))


def _show(identifier: str, as_json: bool) -> None:
    emit(_details(apis.get_api(identifier)), as_json=as_json, human=_page)


def _details(row: Api) -> dict[str, Any]:
    return {
        "identifier": row.identifier,
        "name": row.name,
        "access_token_lifetime": row.access_token_lifetime,
        "permissions": [
            {name: getattr(item, name) for name in ("name", "title", "titles", "description", "icon")}
            for item in apis.list_permissions(row.id)
        ],
    }


def _table(rows: list[dict[str, Any]]) -> str:
    lines = [f"{'API':<44} {'NAME':<24} PERMISSIONS"]
    lines += [f"{row['identifier']:<44} {row['name']:<24} {len(row['permissions'])}" for row in rows]
    return "\n".join(lines)


def _page(data: dict[str, Any]) -> str:
    lines = [f"{data['identifier']}  {data['name']}"]
    if data["access_token_lifetime"]:
        lines.append(f"Its access tokens live {data['access_token_lifetime']} seconds.")
    for item in data["permissions"]:
        lines.append(f"  {item['name']:<28} {item['title']}".rstrip())
        lines += [f"  {'':<28} {code}: {text}" for code, text in item["titles"].items()]
        lines += [f"  {'':<28} icon: {item['icon']}"] if item["icon"] != ICONS[0] else []
    return "\n".join(lines)
