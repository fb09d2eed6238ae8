"""Settings in the console: what each is, where that comes from, which may be changed here; and the house itself."""

from idp.admin.settings import limits, logo, maintenance, privacy, views  # noqa: F401 - they add the routes
