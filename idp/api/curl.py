"""An example of each route, as one types it into a terminal."""

import json
from typing import Any

from idp.access import service as access
from idp.api.routes import Route

_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""
_PUBLIC_KEY = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAA84GL7yxm9tjzUqjtx/LrLtselWJEbk6ighCsOXjqlw=\n"
    "-----END PUBLIC KEY-----\n"
)  # fmt: skip
_EXAMPLES: dict[str, dict[str, Any]] = {
    "UserInvite": {"email": "alice@example.com", "name": "Alice Baker"},
    "UserChanges": {"name": "Alice Cook"},
    "Reason": {"reason": "lost phone, known by voice"},
    "ClientNew": {"name": "My app", "type": "web", "redirect_uris": ["https://app.example.com/callback"]},
    "ClientChanges": {"redirect_uris": ["https://app.example.com/callback"]},
    "SecretNew": {"label": "next", "days": 180},
    "RoleNew": {"name": "editor", "title": "Editor"},
    "RoleChanges": {"title": "Chief editor"},
    "GroupNew": {"name": "staff", "title": "Staff"},
    "GroupChanges": {"title": "Our staff"},
    "ApiNew": {"identifier": "https://articles.example.com", "name": "Articles"},
    "ApiChanges": {"access_token_lifetime": 300},
    "PermissionNew": {"name": "articles.write", "title": "Write articles"},
    "WebhookNew": {"name": "crm", "url": "https://crm.example.com/idp", "events": ["account.*", "role.granted"]},
    "WebhookChanges": {"events": ["account.*"]},
    "SettingChange": {"value": "5m"},
    "ApiKeyNew": {"label": "nightly report", "permissions": ["admin.audit.read"], "days": 90},
    "ImportNew": {"rows": [{"email": "dora@example.com", "name": "Dora Egg", "roles": []}], "invite": True},
    "LogoNew": {"picture": _DOT},
    "KeyImport": {"pem": _PUBLIC_KEY, "verify_only": True, "days": 30},
    "KeyRetirement": {"at_once": False},
    "PurgeAsked": {"before": "2025-01-01"},
    "PermissionChanges": {"title": "Write articles", "description": ""},
}
"""What each body may look like; a test sends them all."""
_QUERIES = {"TokenPreviewQuery": "user=alice@example.com", "PurgeAsked": "before=2025-01-01"}
"""What an address must ask where that is not left to the caller."""


def example_of(route: Route) -> dict[str, Any] | None:
    """Return a body that a route takes, or None when it takes none."""
    return _EXAMPLES[route.body.__name__] if route.body is not None else None


def query_of(route: Route) -> str:
    """Return what a route must be asked, as its address writes it, or nothing."""
    return _QUERIES.get(route.query.__name__, "") if route.query is not None else ""


def curl_of(route: Route) -> str:
    """Return the command line of a route."""
    verb = "" if route.method == "GET" else f"-X {route.method} "
    lines = [f'curl {verb}"{access.own_api()}{_path(route)}"', '-H "Authorization: Bearer $IDP_API_KEY"']
    if route.versioned:
        lines.append("""-H 'If-Match: "1"'""")
    if (body := example_of(route)) is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(body)}'")
    return " \\\n  ".join(lines)


def _path(route: Route) -> str:
    path = route.path
    for name in route.parameters:
        path = path.replace(f"{{{name}}}", f"${name.upper()}")
    return f"{path}?{query}" if (query := query_of(route)) else path
