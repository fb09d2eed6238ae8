"""Plans as people and programs read them."""

from collections import Counter
from typing import Any

from idp.manifest.planning import CHANGE, CREATE, DELETE, Change, FieldDiff, Plan

_SIGNS = {CREATE: "+", CHANGE: "~", DELETE: "-"}
_BY_HAND = {
    CREATE: "drift: deleted by hand since the last apply",
    CHANGE: "drift: changed by hand since the last apply",
    DELETE: "drift: changed by hand since the last apply",
}
_WIDEST = 160


def as_text(plan: Plan) -> str:
    """Write a plan as lines for people."""
    lines = [line for change in plan.changes for line in _lines(change)]
    lines += [f"note: {note}" for note in plan.notes]
    return "\n".join([*lines, *([""] if lines else []), summary(plan)])


def summary(plan: Plan) -> str:
    """Say in one line how much a plan changes."""
    if not plan.changes:
        return "No differences."
    counts = Counter(change.action for change in plan.changes)
    return f"{counts[CREATE]} to create, {counts[CHANGE]} to change, {counts[DELETE]} to delete."


def as_data(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data."""
    return {"changes": [_data(change) for change in plan.changes], "notes": list(plan.notes)}


def as_rows(plan: Plan) -> list[tuple[str, Change, list[str]]]:
    """Return of each change its sign, what it is, and its fields as lines."""
    return [(_SIGNS[change.action], change, [line.strip() for line in _lines(change)[1:]]) for change in plan.changes]


def _data(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "kind": change.kind,
        "name": change.name,
        "drift": change.by_hand,
        "new_secret_from": change.new_secret or None,
        "fields": [
            {"name": diff.name, "before": diff.before, "after": diff.after, "drift": diff.by_hand}
            for diff in change.fields
        ],
    }


def _lines(change: Change) -> list[str]:
    mark = f"  ({_BY_HAND[change.action]})" if change.by_hand else ""
    lines = [f"{_SIGNS[change.action]} {change.kind} {change.name}{mark}"]
    lines += [f"    {_field(diff, created=change.action == CREATE)}" for diff in change.fields]
    if change.new_secret:
        lines.append(f"    secret: + from {change.new_secret}")
    return lines


def _field(diff: FieldDiff, *, created: bool) -> str:
    mark = "  (by hand)" if diff.by_hand else ""
    if isinstance(diff.before or diff.after, list | dict):
        return f"{diff.name}: {_members(diff.before or type(diff.after)(), diff.after or {})}{mark}"
    after = _plain(diff.after)
    return f"{diff.name}: {after}" if created else f"{diff.name}: {_plain(diff.before)} → {after}{mark}"


def _members(before: Any, after: Any) -> str:
    """Say which members of a list or mapping come, go and change."""
    parts = [f"+ {name}" for name in after if name not in before]
    parts += [f"- {name}" for name in before if name not in after]
    if isinstance(before, dict) and isinstance(after, dict):
        parts += [f"~ {name}" for name in after if name in before and after[name] != before[name]]
    return ", ".join(parts)


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
