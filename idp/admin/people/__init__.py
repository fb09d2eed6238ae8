"""Pages on people."""

from idp.admin.people import views  # noqa: F401 - they add their routes
