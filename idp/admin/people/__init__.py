"""Pages on people."""

from idp.admin.people import bulk, importing, insight, views  # noqa: F401 - they add their routes
