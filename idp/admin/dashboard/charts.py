"""The charts of the first page: places and sizes are computed here, colours are the style sheet's."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.admin.dashboard.kept import keep
from idp.authn.acr import in_words
from idp.rollups import service as rollups

SPANS = (14, 30, 90)
WIDTH, HEIGHT = 720, 160
_MOST_SERIES, _MOST_ROWS = 5, 8
_WORDS = {
    rollups.OK: _l("signed in"), rollups.FAILED: _l("failed"), "authorization_code": _l("sign-in of a person"),
    "refresh_token": _l("renewal"), "client_credentials": _l("app in its own name"), "device_code": _l("device"),
}  # fmt: skip
_OTHER = "other"


@dataclass(frozen=True)
class Bar:
    """One bar, or a part of one."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """One chart, and the same in words and numbers."""

    name: str
    title: Any
    says: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    """A day with its numbers, the newest first."""
    highest: int


@dataclass(frozen=True)
class Ranking:
    """Names with their numbers, the greatest first."""

    name: str
    title: Any
    rows: tuple[tuple[str, int, float], ...]
    """A name, its number, and the length of its bar of `WIDTH`."""


def make_charts(days: int) -> list[Chart]:
    """Draw what happened on each day."""
    return [
        _chart("sign-ins", _l("Sign-ins"), rollups.counts(rollups.SIGN_IN, days), (rollups.OK, rollups.FAILED)),
        _chart("tokens", _l("Tokens issued, by what they were asked with"), rollups.counts(rollups.GRANT, days)),
    ]


def make_rankings(days: int, name_of: Callable[[str], str]) -> list[Ranking]:
    """Draw who and what was there most."""
    return [
        _ranking("methods", _l("How people signed in"), rollups.METHOD, days, _methods),
        _ranking("apps", _l("Apps used most"), rollups.CLIENT, days, name_of),
    ]


def _chart(name: str, title: Any, found: Mapping[date, Counter[str]], keys: tuple[str, ...] = ()) -> Chart:
    total: Counter[str] = sum(found.values(), Counter())
    keys = keys or tuple(key for key, _number in total.most_common(_MOST_SERIES - 1))
    table = {day: _numbers(numbers, keys) for day, numbers in found.items()}
    if any(row[-1] for row in table.values()):
        keys = (*keys, _OTHER)
    table = {day: row[: len(keys)] for day, row in table.items()}
    highest = max((sum(row) for row in table.values()), default=0)
    says = ", ".join(f"{_word(key)}: {sum(row[place] for row in table.values())}" for place, key in enumerate(keys))
    says = _("In %(num)s days: %(numbers)s.", num=len(table), numbers=says or "0")
    rows = tuple((format_date(day, "medium"), row) for day, row in reversed(table.items()))
    return Chart(name, title, says, tuple(map(_word, keys)), tuple(_bars(table, highest)), rows, highest)


def _numbers(numbers: Counter[str], keys: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of some names, and what is left."""
    shown = [numbers[key] for key in keys]
    return (*shown, sum(numbers.values()) - sum(shown))


def _bars(table: Mapping[date, tuple[int, ...]], highest: int) -> list[Bar]:
    step = WIDTH / max(1, len(table))
    bars = []
    for place, row in enumerate(table.values()):
        below = float(HEIGHT)
        for series, number in enumerate(row):
            if number:
                height = number / highest * HEIGHT
                below -= height
                bars.append(
                    Bar(
                        series,
                        round(place * step + step * 0.1, 1),
                        round(below, 1),
                        round(step * 0.8, 1),
                        round(height, 1),
                    )
                )
    return bars


def _ranking(name: str, title: Any, kind: str, days: int, word: Callable[[str], str]) -> Ranking:
    first = keep(f"{kind} of {days} days", lambda: rollups.most_counted(kind, days, _MOST_ROWS))
    highest = first[0][1] if first else 1
    return Ranking(name, title, tuple((word(key), number, round(number / highest * WIDTH, 1)) for key, number in first))


def _methods(key: str) -> str:
    return in_words(key.split(" + "))


def _word(key: str) -> str:
    return str(_("other") if key == _OTHER else _WORDS.get(key, key))
