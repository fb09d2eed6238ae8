"""What axe finds on a page."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def offences(page, **only):
    """What axe says of the page: rule, and the elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # What is well takes most of the time to tell, and nobody reads it.
    options = {**only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found}


def assert_accessible_in_light_and_dark(page, go):
    """Go to the page in light, judge it by every rule, and its colours again in dark."""
    page.emulate_media(color_scheme="light")
    go()
    assert offences(page, runOnly=RULES) == {}
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert offences(page, runOnly=COLOURS) == {}
