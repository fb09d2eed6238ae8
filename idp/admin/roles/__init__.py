"""Pages on roles and what they allow."""

from idp.admin.roles import editing, including, views  # noqa: F401 - they add their routes
