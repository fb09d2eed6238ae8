"""Commands of webhooks."""

from typing import Any

import click

from idp.core.cli import ask, emit, json_option, read_secret, with_app, yes_option
from idp.webhooks import deliveries as log
from idp.webhooks import service
from idp.webhooks.models import WebhookDelivery, WebhookEndpoint

_secret_option = click.option(
    "--secret-stdin", is_flag=True, help="Read the secret from standard input; else one is made."
)
_name_argument = click.argument("name", metavar="WEBHOOK")


@click.group()
def webhook() -> None:
    r"""Tell other servers what happens here.

    \b
    Examples:
      idp webhook add crm --url https://crm.example.com/idp --event "account.*" --event role.granted
      idp webhook test crm
      idp webhook deliveries crm --state failed
    """


@webhook.command("list")
@json_option
@with_app
def list_(as_json: bool) -> None:
    r"""List the webhooks.

    \b
    Example:
      idp webhook list
    """
    emit([describe(row) for row in service.list_endpoints()], as_json=as_json, human=_table)


@webhook.command()
@_name_argument
@json_option
@with_app
def show(name: str, as_json: bool) -> None:
    r"""Show a webhook, and how many deliveries wait and failed.

    \b
    Example:
      idp webhook show crm
    """
    _show(name, as_json=as_json)


@webhook.command()
@_name_argument
@click.option("--url", required=True, help="Where events are posted to.")
@click.option(
    "--event", "events", multiple=True, required=True, help="An event, an area as `role.*`, or `*`. Repeatable."
)
@click.option("--label", default="", help="What it is for.")
@_secret_option
@json_option
@with_app
def add(name: str, url: str, events: tuple[str, ...], label: str, secret_stdin: bool, as_json: bool) -> None:
    r"""Add a webhook; its secret is shown this once.

    \b
    Example:
      idp webhook add crm --url https://crm.example.com/idp --event 'account.*' --event role.granted
    """
    given = read_secret(from_stdin=True, prompt="Secret") if secret_stdin else None
    row, secret = service.create_endpoint(name, url=url, events=list(events), label=label, secret=given)
    _tell(row, secret, as_json=as_json)


@webhook.command()
@_name_argument
@click.option("--url", help="Where events are posted to.")
@click.option("--event", "events", multiple=True, help="An event, an area as `role.*`, or `*`. Repeatable.")
@click.option("--label", help="What it is for.")
@json_option
@with_app
def edit(name: str, url: str | None, events: tuple[str, ...], label: str | None, as_json: bool) -> None:
    r"""Change a webhook: what is given replaces what was there.

    \b
    Example:
      idp webhook edit crm --event 'account.*'
    """
    given = {"url": url, "events": list(events) or None, "label": label}
    values = {field: value for field, value in given.items() if value is not None}
    if not values:
        raise click.UsageError("Say what to change: --url, --event or --label.")
    service.update_endpoint(name, values)
    _show(name, as_json=as_json)


@webhook.command()
@_name_argument
@_secret_option
@json_option
@with_app
def secret(name: str, secret_stdin: bool, as_json: bool) -> None:
    r"""Give a webhook a new secret; the one before signs beside it for a day.

    \b
    Example:
      idp webhook secret crm
    """
    given = read_secret(from_stdin=True, prompt="Secret") if secret_stdin else None
    value = service.rotate_secret(name, secret=given)
    _tell(service.get_endpoint(name), value, as_json=as_json)


@webhook.command()
@_name_argument
@json_option
@with_app
def test(name: str, as_json: bool) -> None:
    r"""Send a test to a webhook; the worker does it.

    \b
    Example:
      idp webhook test crm
    """
    service.send_test(name)
    emit({"name": name, "queued": True}, as_json=as_json, human=f"A test is on its way to {name}.")


@webhook.command()
@_name_argument
@click.option("--state", type=click.Choice(log.STATES), help="Only those in this state.")
@click.option("--event", help="Only this event; may end with `*`.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@click.option("--before", default="", help="Only those older than this delivery.")
@json_option
@with_app
def deliveries(name: str, state: str | None, event: str | None, limit: int, before: str, as_json: bool) -> None:
    r"""List what was sent to a webhook, newest first.

    \b
    Example:
      idp webhook deliveries crm --state failed
    """
    row = service.get_endpoint(name)
    found = log.list_deliveries(row.id, state=state, tag=event, older=before, limit=limit)
    emit([_describe_delivery(each) for each in found], as_json=as_json, human=_delivery_table)


@webhook.command()
@_name_argument
@click.argument("delivery", metavar="DELIVERY")
@json_option
@with_app
def redeliver(name: str, delivery: str, as_json: bool) -> None:
    r"""Send a delivery again, under the same webhook-id.

    \b
    Example:
      idp webhook redeliver crm DELIVERY-ID
    """
    log.redeliver(name, delivery)
    emit({"id": delivery, "queued": True}, as_json=as_json, human=f"{delivery} is sent again.")


@webhook.command()
@_name_argument
@json_option
@with_app
def enable(name: str, as_json: bool) -> None:
    r"""Turn a webhook on.

    \b
    Example:
      idp webhook enable crm
    """
    service.enable_endpoint(name)
    emit(describe(service.get_endpoint(name)), as_json=as_json, human=f"{name} is on.")


@webhook.command()
@_name_argument
@json_option
@with_app
def disable(name: str, as_json: bool) -> None:
    r"""Turn a webhook off; what waits is not sent any more.

    \b
    Example:
      idp webhook disable crm
    """
    service.disable_endpoint(name)
    emit(describe(service.get_endpoint(name)), as_json=as_json, human=f"{name} is off.")


@webhook.command()
@_name_argument
@yes_option
@json_option
@with_app
def delete(name: str, yes: bool, as_json: bool) -> None:
    r"""Delete a webhook with the log of its deliveries.

    \b
    Example:
      idp webhook delete crm
    """
    service.get_endpoint(name)
    ask(f"Delete {name} and the log of its deliveries?", yes=yes)
    service.delete_endpoint(name)
    emit({"name": name, "deleted": True}, as_json=as_json, human=f"{name} is deleted.")


def describe(row: WebhookEndpoint) -> dict[str, Any]:
    """Return a webhook as plain data, without its secrets."""
    return {
        "name": row.name, "label": row.label, "url": row.url, "events": row.events, "enabled": row.disabled_at is None,
        "disabled_reason": row.disabled_reason, "failing_since": row.failing_since,
        "previous_secret_until": row.previous_until, "version": row.version, "created_at": row.created_at,
    }  # fmt: skip


def _show(name: str, *, as_json: bool) -> None:
    row = service.get_endpoint(name)
    emit({**describe(row), "deliveries": log.count_states(row.id)}, as_json=as_json, human=_page)


def _tell(row: WebhookEndpoint, value: str, *, as_json: bool) -> None:
    emit({**describe(row), "secret": value}, as_json=as_json, human=f"secret  {value}\n\nIt is shown this once.")


def _describe_delivery(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.id, "event": row.tag, "state": row.state, "attempts": row.attempts, "status": row.status,
        "milliseconds": row.milliseconds, "error": row.error, "created_at": row.created_at, "tried_at": row.tried_at,
    }  # fmt: skip


def _page(data: dict[str, Any]) -> str:
    shown = {name: value for name, value in data.items() if value not in (None, "")}
    return "\n".join(f"{name:<22} {_plain(value)}" for name, value in shown.items())


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{number} {name}" for name, number in value.items())
    return " ".join(value) if isinstance(value, list) else str(value)


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No webhooks. Add one: idp webhook add"
    lines = [f"{'WEBHOOK':<24} {'STATE':<6} URL"]
    lines += [f"{row['name']:<24} {'on' if row['enabled'] else 'off':<6} {row['url']}" for row in rows]
    return "\n".join(lines)


def _delivery_table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "Nothing was sent."
    lines = [f"{'ID':<28} {'EVENT':<28} {'STATE':<10} {'TRIES':<6} ANSWER"]
    for row in rows:
        answer = row["error"] or row["status"] or "-"
        lines.append(f"{row['id']:<28} {row['event']:<28} {row['state']:<10} {row['attempts']:<6} {answer}")
    return "\n".join(lines)
