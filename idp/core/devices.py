"""Name the browser behind a User-Agent in words of ours; nothing a stranger wrote is repeated."""

from typing import Any

from flask_babel import gettext as _
from ua_parser import parse

_BROWSERS = {
    "Brave": "Brave", "Chrome": "Chrome", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome", "Chromium": "Chromium", "DuckDuckGo Mobile": "DuckDuckGo", "Edge": "Edge",
    "Edge Mobile": "Edge", "Firefox": "Firefox", "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox",
    "HeadlessChrome": "Chrome", "Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari", "Opera": "Opera",
    "Opera Mobile": "Opera", "Safari": "Safari", "Samsung Internet": "Samsung Internet", "Vivaldi": "Vivaldi",
    "Yandex Browser": "Yandex Browser", "curl": "curl",
}  # fmt: skip
_SYSTEMS = {
    "Android": "Android", "Chrome OS": "ChromeOS", "Debian": "Linux", "Fedora": "Linux", "FreeBSD": "FreeBSD",
    "Linux": "Linux", "Mac OS X": "macOS", "OpenBSD": "OpenBSD", "Ubuntu": "Linux", "Windows": "Windows", "iOS": "iOS",
}  # fmt: skip
_LONGEST = 400


def browser_family(user_agent: str) -> str | None:
    """Return the name of a browser that we know, the same in every language."""
    return _browser(parse(user_agent[:_LONGEST]))


def describe_browser(user_agent: str | None) -> str:
    """Return such as `Firefox on Linux`, with what is not known left out."""
    found = parse((user_agent or "")[:_LONGEST])
    browser = _browser(found)
    system = _SYSTEMS.get(found.os.family) if found.os else None
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("an unknown browser")


def _browser(found: Any) -> str | None:
    return _BROWSERS.get(found.user_agent.family) if found.user_agent else None
