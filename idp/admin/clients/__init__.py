"""Pages on apps: found, added by what they are, changed, tried."""

from idp.admin.clients import tokens, trying, views, wizard  # noqa: F401 - they add their routes
