"""Pages on API keys."""

from idp.admin.api_keys import views  # noqa: F401 - they add their routes
