"""Collect the texts of the code and the templates into the catalogues; `--check` only says what is missing.

Run it with `make i18n`. It belongs to development: the running server never calls it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from idp.core.configuration.view import all_settings
from idp.i18n.catalogues import FOLDER

ROOT = FOLDER.parent.parent
_KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
_PLACES = {"idp": [("**.py", "python")], "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")]}


def collect() -> Catalog:
    """Read every text that people see."""
    catalogue = Catalog(project="idp", charset="utf-8", fuzzy=False)
    for folder, methods in _PLACES.items():
        found = extract_from_dir(
            # Without a filter of its own Babel passes over folders whose name begins with an underscore.
            str(ROOT / folder), methods, keywords=_KEYWORDS, comment_tags=(), directory_filter=_is_ours
        )  # fmt: skip
        for file, _line, message, _comments, context in found:
            catalogue.add(message, locations=[(f"{folder}/{file}", 0)], context=context)
    for setting in all_settings():
        # The model says in English what a setting means; the console says it in the operator's language.
        catalogue.add(setting.description)
    return catalogue


def _is_ours(folder: str) -> bool:
    return not folder.endswith("__pycache__")


def missing(catalogue: Catalog, texts: Catalog) -> list[str]:
    """List the texts a catalogue does not have in its own language."""
    lost = []
    for message in texts:
        own = catalogue.get(message.id) if message.id else None
        if message.id and (own is None or own.fuzzy or not _is_whole(own.string)):
            lost.append(str(message.id))
    return lost


def load(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def main() -> int:
    """Bring all catalogues up to date, or say what is missing; return the exit code."""
    texts, lost = collect(), 0
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        catalogue = load(path)
        if "--check" not in sys.argv:
            catalogue.update(texts, no_fuzzy_matching=True)
            with path.open("wb") as file:
                write_po(file, catalogue, width=118, no_location=True, sort_output=True, ignore_obsolete=True)
        for text in missing(catalogue, texts):
            lost += 1
            print(f"{path.parent.parent.name}: {text}")  # noqa: T201 - it is a command
    return 1 if lost else 0


def _is_whole(string: str | Sequence[str] | None) -> bool:
    return bool(string) and all(string or "")


if __name__ == "__main__":
    raise SystemExit(main())
