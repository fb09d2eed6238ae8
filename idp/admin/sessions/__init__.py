"""Pages on sessions and on the families of refresh tokens."""

from idp.admin.sessions import bulk, families, progress, revoking, views  # noqa: F401 - they add their routes
