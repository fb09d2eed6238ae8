"""Settings in the console: what each is, where that comes from, and those that may be changed here."""

from idp.admin.settings import views  # noqa: F401 - it adds the routes
