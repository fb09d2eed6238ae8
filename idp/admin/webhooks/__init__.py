"""Pages on webhooks: made, changed, tested, what was sent and what failed."""

from idp.admin.webhooks import log, views  # noqa: F401 - they add their routes
