"""What is wrong with the configuration, all of it at once, each with its fix."""

import difflib
import os
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from idp.core.configuration.sources import config_path
from idp.core.configuration.view import Setting, all_settings, line_of
from idp.core.settings import Settings

_NOT_SETTINGS = ("IDP_TEST_", "IDP_CRASH_", "IDP_CONFIG")
_CLOSE = 0.75


def find_problems() -> list[str]:
    """List every problem of the configuration as it would be used now; empty when a server would start."""
    problems = [*unknown_variables()]
    try:
        config = Settings()
    except ValidationError as error:
        return problems + describe(error)
    except (OSError, ValueError) as error:
        return [*problems, f"the configuration cannot be read: {error}"]
    return problems + config.problems()


def describe(error: ValidationError) -> list[str]:
    """Write each error of the settings as one line: what, where, what was wanted."""
    settings = {setting.name: setting for setting in all_settings()}
    lines = []
    for each in error.errors():
        name = ".".join(str(part) for part in each["loc"])
        where = _where(name)
        if each["type"] == "extra_forbidden":
            if "IDP_" + name.upper().replace(".", "__") in os.environ:
                continue  # `unknown_variables` names it
            lines.append(f"`{name}`{where} is not a setting.{_suggestion(name, settings)}")
            continue
        known = settings.get(name)
        wanted = f" Wanted: {known.kind}, for example {known.default_text}." if known else ""
        lines.append(f"`{name}`{where} is {_shown(each['input'])}: {each['msg']}.{wanted}")
    return lines


def _shown(value: Any) -> str:
    """Write what stands there, but no address: there may be a password in it."""
    text = repr(value)
    return "an address" if "://" in text else text


def unknown_variables() -> Iterator[str]:
    """Name the IDP_ variables that look like a setting and are none: a slip of the pen would go unseen."""
    known = {setting.variable: setting for setting in all_settings()}
    for name in sorted(os.environ):
        bare = name.removesuffix("_FILE")
        if not name.startswith("IDP_") or name.startswith(_NOT_SETTINGS) or {name, bare} & known.keys():
            continue
        if bare.startswith("IDP_FEATURES__"):
            continue
        close = difflib.get_close_matches(bare, known, n=1, cutoff=_CLOSE)
        if close or "__" in bare:
            yield f"{name} is not a setting." + (f" Did you mean {close[0]}?" if close else "")


def _suggestion(name: str, settings: dict[str, Setting]) -> str:
    sections = {known.partition(".")[0] for known in settings if "." in known}
    candidates = [*settings, *sections]
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    return f" Did you mean `{close[0]}`?" if close else ""


def _where(name: str) -> str:
    """Find the line of the configuration file that sets a name."""
    path = config_path()
    if path is None or not path.is_file():
        return ""
    number = line_of(path, name)
    return f" in {path}:{number}" if number else ""
