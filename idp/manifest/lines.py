"""Where in a TOML file something stands: `tomllib` gives the values, this walk gives their lines.

It reads only what `tomllib` has accepted before, so it looks for the ends of things and not for mistakes.
"""

import re
import tomllib
from typing import Any

Path = tuple[str | int, ...]
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]*")


class Lines:
    """The line of every key and every element of a TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._walk()

    def of(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._found:
                return self._found[path[:length]]
        return 1

    def _walk(self) -> None:
        table: Path = ()
        while self._skip(_BETWEEN) < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line, is_array = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        names = self._key()
        self._at += 2 if is_array else 1
        path: Path = ()
        for name in names[:-1]:
            path = self._latest((*path, name))
        path = (*path, names[-1])
        if is_array:
            self._found.setdefault(path, line)
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._latest(path)
        self._found.setdefault(path, line)
        return path

    def _latest(self, path: Path) -> Path:
        """Return the path of the last element, when it is an array of tables that is named."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        line, path = self._line(), table
        for name in self._key():
            path = (*path, name)
            self._found.setdefault(path, line)
        self._at += 1
        self._skip(_BLANK)
        self._value(path)

    def _key(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_BLANK)
            if quoted := _TEXT.match(self._text, self._at):
                name: Any = tomllib.loads(f"name = {quoted[0]}")["name"]
            else:
                name = self._take(_BARE)
            self._at = quoted.end() if quoted else self._at
            names.append(name)
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return names
            self._at += 1

    def _value(self, path: Path) -> None:
        sign = self._text[self._at]
        if sign == "[":
            self._inside("]", path)
        elif sign == "{":
            self._inside("}", path)
        elif not self._take(_TEXT):
            self._take(_PLAIN)

    def _inside(self, end: str, path: Path) -> None:
        """Walk over the elements of an array or the pairs of an inline table."""
        self._at += 1
        number = 0
        while self._text[self._skip(_BETWEEN)] != end:
            if end == "}":
                self._pair(path)
                continue
            self._found[*path, number] = self._line()
            self._value((*path, number))
            number += 1
        self._at += 1

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        self._take(pattern)
        return self._at

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1
