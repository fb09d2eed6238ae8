"""Pages on apps: found, added by what they are, looked at from each side, changed, tried."""

from idp.admin.clients import (  # noqa: F401 - they add their routes
    access,
    danger,
    editing,
    events,
    grants,
    listing,
    logo,
    overview,
    pasting,
    secrets,
    tokens,
    trying,
    wizard,
)
