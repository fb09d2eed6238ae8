"""KINDS: the kinds of apps in the words of who builds them; the permissions of these pages."""

from typing import Any

from flask_babel import lazy_gettext as _l

PEOPLE, AUDIT = "admin.users.read", "admin.audit.read"
READ, WRITE, SECRETS = "admin.clients.read", "admin.clients.write", "admin.clients.secrets"
FILTERS = ("search", "type", "state", "unused")
"""What the list of apps is filtered by."""
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "web": (_l("Web app with a server"), _l("Flask, Django, Rails, Express: it keeps a secret, people sign in."),
            _l("Authorization code with PKCE, refresh tokens, a secret.")),
    "spa": (_l("Single-page app"), _l("React, Vue, Angular: it runs in the browser and keeps no secret."),
            _l("Authorization code with PKCE, refresh tokens, no secret.")),
    "native": (_l("Mobile or desktop app"), _l("It runs on people’s devices and keeps no secret."),
               _l("Authorization code with PKCE, refresh tokens, no secret; any port on this computer.")),
    "machine": (_l("Machine to machine"), _l("A job or a server that calls an API in its own name."),
                _l("Client credentials, a secret; nobody signs in.")),
    "device": (_l("Television or command line"), _l("It shows a code that people type on their phone."),
               _l("Device authorization, refresh tokens, no secret.")),
    "api": (_l("API only"), _l("It checks tokens of others and signs nobody in."),
            _l("A secret for introspection; no tokens of its own.")),
}  # fmt: skip
"""Title, sentence, and what it sets."""
