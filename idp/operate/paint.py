"""Colours for a terminal, and none for a file, a pipe or NO_COLOR."""

import os
import shutil
import sys
from pathlib import Path

import click

OK, LOOK, FIX = "✓", "!", "✗"
_COLOURS = {OK: "green", LOOK: "yellow", FIX: "red"}


def is_colourful() -> bool:
    """Tell whether colours are wanted (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str, *, bold: bool = False) -> str:
    """Colour a text where colours are wanted."""
    return click.style(text, fg=colour, bold=bold) if is_colourful() else text


def mark(sign: str) -> str:
    """Return one of the three signs in its colour."""
    return paint(sign, _COLOURS[sign], bold=True)


def command(words: str) -> str:
    """Write an `idp` command as it can be typed here: with its folder when `idp` is not on the search path."""
    beside = Path(sys.argv[0]).parent / "idp"
    if shutil.which("idp") or not beside.is_file():
        return f"idp {words}".strip()
    shown = beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside
    return f"{shown} {words}".strip()
