"""Pages on people."""

from idp.admin.people import importing, views  # noqa: F401 - they add their routes
