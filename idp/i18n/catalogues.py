"""The message catalogues: `.po` files are the source, `.mo` files are compiled from them."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent.parent / "translations"


def compile_stale() -> list[str]:
    """Compile every catalogue that is newer than its `.mo`; return the languages compiled.

    An installed package brings its `.mo` files along and may stand in a folder that cannot be written.
    """
    compiled = []
    for source in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            compile_catalogue(source, target)
        except OSError:
            continue
        compiled.append(source.parent.parent.name)
    return compiled


def compile_catalogue(source: Path, target: Path) -> None:
    """Compile one `.po` file, whole or not at all."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    partial = target.with_suffix(".mo.partial")
    with partial.open("wb") as file:
        write_mo(file, catalogue)
    partial.replace(target)
