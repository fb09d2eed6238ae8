"""HTTP manners every page and endpoint shares: cookies, CSRF, security headers, error pages, redirects.

Owns how a response leaves the house. Does not own any page: those belong to the slices.
"""

from idp.core.http.cookies import MOST_TOKENS, browser_id, clear_cookie, read_cookie, read_tokens, set_cookie
from idp.core.http.csrf import anonymous_form
from idp.core.http.flash import flash, flashed
from idp.core.http.headers import allow_form_action, csp_nonce
from idp.core.http.marks import cross_site_form, protocol_endpoint, takes_upload
from idp.core.http.pages import attachment, render, safe_next, see_other

__all__ = [
    "MOST_TOKENS",
    "allow_form_action",
    "anonymous_form",
    "attachment",
    "browser_id",
    "clear_cookie",
    "cross_site_form",
    "csp_nonce",
    "flash",
    "flashed",
    "protocol_endpoint",
    "read_cookie",
    "read_tokens",
    "render",
    "safe_next",
    "see_other",
    "set_cookie",
    "takes_upload",
]
