"""Pages on groups, their people and the roles they bring."""

from idp.admin.groups import views  # noqa: F401 - they add their routes
